/** Databases of vendors, on this machine: they speak the vendors' own protocols, for the vendors' own drivers. For Node. */
export { type Fault, FaultProxy } from './fault-proxy.ts';
export * from './hrana/index.ts';
export * from './neon/index.ts';
export * from './pglite/index.ts';
export type { PostgresServer } from './postgres/postgres-server.ts';
export { findPostgres, startPostgres } from './postgres/start-postgres.ts';
