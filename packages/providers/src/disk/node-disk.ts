import type { SqlDisk, SqlRow, SqlValue } from './sql-disk.ts';

type NodeValue = null | number | bigint | string | ArrayBufferView;

/** The part of `DatabaseSync` of `node:sqlite` that is needed. */
export interface NodeDatabase {
  prepare(sql: string): NodeStatement;
  exec(sql: string): void;
}

interface NodeStatement {
  setReturnArrays(enabled: boolean): void;
  all(...params: NodeValue[]): unknown[];
  columns(): readonly { readonly name: string }[];
  run(...params: NodeValue[]): { readonly changes: number | bigint };
}

/** A database of `node:sqlite`: the embedded store outside a Durable Object. */
export function nodeDisk(database: NodeDatabase): SqlDisk {
  const statements = new Map<string, NodeStatement>();
  let depth = 0;

  const prepare = (sql: string): NodeStatement => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      statement.setReturnArrays(true);
      statements.set(sql, statement);
    }
    return statement;
  };

  return {
    read: (sql, ...params) =>
      prepare(sql)
        .all(...params.map(toNode))
        .map(readRow),
    query: (sql, ...params) => {
      const statement = prepare(sql);
      const columns = statement.columns().map(({ name }) => name);
      return { columns, rows: statement.all(...params.map(toNode)).map(readRow), rowsRead: null };
    },
    write: (sql, ...params) => Number(prepare(sql).run(...params.map(toNode)).changes),
    transaction(work) {
      const name = `nested_${depth}`;
      database.exec(`SAVEPOINT ${name}`);
      depth++;
      try {
        const result = work();
        database.exec(`RELEASE ${name}`);
        return result;
      } catch (error) {
        database.exec(`ROLLBACK TO ${name}`);
        database.exec(`RELEASE ${name}`);
        throw error;
      } finally {
        depth--;
      }
    },
  };
}

function toNode(value: SqlValue): NodeValue {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : value;
}

function readRow(row: unknown): SqlRow {
  return Array.isArray(row) ? row.map(readValue) : [];
}

function readValue(value: unknown): SqlValue {
  if (value instanceof Uint8Array) return value.slice().buffer;
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}
