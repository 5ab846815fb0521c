/** Databases that are elsewhere, as far as anybody can tell. For Node. */
export * from './far-sql.ts';
export * from './sqlite-elsewhere.ts';
export * from './store-elsewhere.ts';
