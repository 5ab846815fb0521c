export type { D1Binding } from './d1-binding.ts';
export { D1Sql, type D1SqlOptions } from './d1-sql.ts';
