export * from './embedded/durable-object-disk.ts';
export * from './embedded/embedded-store.ts';
export * from './embedded/node-disk.ts';
export type * from './embedded/sql-disk.ts';
export * from './memory/memory-store.ts';
export * from './remote/provider-error.ts';
export * from './remote/remote-store.ts';
export * from './remote/remote-sql.ts';
