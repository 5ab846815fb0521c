export { NeonSql, type NeonSqlOptions } from './neon-sql.ts';
