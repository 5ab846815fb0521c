export * from './keys/encode-key.ts';
export * from './keys/key-bytes.ts';
export * from './keys/key-range.ts';
export * from './migrate/schema-layout.ts';
export * from './ports/document-store.ts';
export * from './ports/schema-store.ts';
export * from './ids/document-id.ts';
