export { TursoSql, type TursoSqlOptions } from './turso-sql.ts';
