export { PostgresSql, type PostgresSqlOptions } from './postgres-sql.ts';
