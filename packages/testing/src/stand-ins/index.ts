/** Databases of vendors, on this machine: they speak the vendors' own protocols, for tests through the vendors' own drivers. */
export { type Fault, FaultProxy } from './fault-proxy.ts';
export { type HranaOptions, type HranaServer, startHrana } from './hrana/hrana-server.ts';
export { type NeonServer, startNeon } from './neon/neon-server.ts';
export type { PostgresServer } from './postgres/postgres-server.ts';
export { startPglite } from './postgres/start-pglite.ts';
export { findPostgres, startPostgres } from './postgres/start-postgres.ts';
