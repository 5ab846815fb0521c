/** Rows of the platform's own tables, for code that runs apart from them: sign-in of a project's users, and of the installation's admins. */
export {
  type Row,
  type RowAnswer,
  type RowCondition,
  type RowOperation,
  type RowsPort,
  type RowTables,
  type RowValue,
  rowOperationSchema,
} from './row-operation.ts';
export { rowAnswer, type RowStatement, rowStatement } from './row-statement.ts';
