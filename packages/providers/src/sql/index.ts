/** How documents are rows of SQL tables. */
export { postgres } from './postgres-dialect.ts';
export { placeOf, SqlTable } from './sql-table.ts';
export type { SqlValue } from './sql-value.ts';
export { createTableText } from './table-texts.ts';
