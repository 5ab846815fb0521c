import type { DocumentWrite, StoredDocument } from '@betterbase/engine';
import { changedPositions, placeOf } from '../sql/sql-table.ts';
import { type WritableTable, writeRows } from '../sql/write-rows.ts';
import type { MergeableText, RowText } from './merge-inserts.ts';
import type { RemoteTable } from './remote-table.ts';

/** The statements that carry out these writes, in the order in which they must run. */
export function writeStatements(writes: readonly DocumentWrite[], tableNamed: (name: string) => RemoteTable, now: number): MergeableText[] {
  const statements = rowStatements(writes, tableNamed, now);
  const byTable = Map.groupBy(writes, ({ table }) => table);
  for (const [name, own] of byTable) for (const side of tableNamed(name).sides.values()) statements.push(...side.apply(own));
  return statements;
}

/** The same without what is kept beside the tables. */
export function rowStatements(writes: readonly DocumentWrite[], tableNamed: (name: string) => RemoteTable, now: number): MergeableText[] {
  const statements: MergeableText[] = [];
  const noting = new Map<string, WritableTable>();
  const notingTable = (name: string): WritableTable => {
    let table = noting.get(name);
    if (table === undefined) noting.set(name, (table = new NotingTable(tableNamed(name), statements)));
    return table;
  };
  writeRows(writes, notingTable, now);
  return statements;
}

/** Writes nothing; notes how to. */
class NotingTable implements WritableTable {
  readonly #sql: RemoteTable['sql'];
  readonly #statements: MergeableText[];

  constructor({ sql }: RemoteTable, statements: MergeableText[]) {
    this.#sql = sql;
    this.#statements = statements;
  }

  movesUniquely(before: StoredDocument, after: StoredDocument): boolean {
    return this.#sql.movesUniquely(before, after);
  }

  insert(document: StoredDocument, now: number): number {
    return this.#note(insertStatement(this.#sql, document, now));
  }

  update(before: StoredDocument, after: StoredDocument, now: number): number {
    const { codec } = this.#sql;
    const row = codec.encode(after);
    const changed = changedPositions(codec.encode(before), row);
    const params = changed.map((position) => row[position] ?? null);
    return this.#note({ sql: this.#sql.updateText(changed), params: [now, ...params, placeOf(after)] });
  }

  delete(document: StoredDocument): number {
    return this.#note({ sql: this.#sql.deleteText, params: [placeOf(document)] });
  }

  #note(statement: MergeableText): number {
    this.#statements.push(statement);
    return 1;
  }
}

/** @throws BetterBaseError `document/too-large` */
export function insertStatement({ insertText, codec }: RemoteTable['sql'], document: StoredDocument, updatedTime: number): RowText {
  const params = [placeOf(document), document._id, updatedTime, ...codec.encode(document)];
  return { sql: insertText, params, row: insertText.slice(insertText.lastIndexOf('(')) };
}
