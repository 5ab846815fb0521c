import { RpcTarget } from 'cloudflare:workers';
import {
  type RowAnswer,
  rowAnswer,
  type RowOperation,
  rowOperationSchema,
  type RowsPort,
  rowStatement,
  type RowTables,
} from '@betterbase/providers/rows';
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { adminAccounts, admins, adminSessions } from '../../../migrations/schema.ts';

/** As the isolate for signing in names them. */
const tables: RowTables = { user: named(admins), account: named(adminAccounts), session: named(adminSessions) };

/** The rows of the installation's admins in D1, for a call. */
export class AdminRows extends RpcTarget implements RowsPort {
  readonly #database: D1Database;

  constructor(database: D1Database) {
    super();
    this.#database = database;
  }

  async rows(asked: RowOperation): Promise<RowAnswer> {
    const operation = rowOperationSchema.parse(asked);
    const { sql, bindings } = rowStatement(operation, tables);
    return rowAnswer(
      operation,
      tables,
      await this.#database
        .prepare(sql)
        .bind(...bindings)
        .raw(),
    );
  }
}

function named(described: SQLiteTable): RowTables[string] {
  const { name, columns } = getTableConfig(described);
  return { table: name, columns: columns.map((column) => column.name) };
}
