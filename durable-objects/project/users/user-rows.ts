import { type RowAnswer, type RowOperation, rowAnswer, rowOperationSchema, rowStatement } from '@betterbase/providers/rows';
import type { SqlDisk } from '../sql-disk.ts';
import { userTables } from './user-tables.ts';

/**
 * Does one operation on the users' tables.
 *
 * @throws Error for what is no operation, and for tables and columns that are not there
 */
export function doUserRows(disk: SqlDisk, asked: RowOperation): RowAnswer {
  const operation = rowOperationSchema.parse(asked);
  const { sql, bindings } = rowStatement(operation, userTables);
  return rowAnswer(operation, userTables, disk.rows(sql, ...bindings));
}
