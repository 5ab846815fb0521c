/**
 * What a batch writes to a table and takes back in the end, for databases whose batches cannot be rolled back and answer.
 *
 * Triggers note what each row was before it was first touched. They, their notes and all that was written are gone when the
 * batch ends: nobody else ever sees any of it.
 */
import { quote } from '../../sql/identifier.ts';
import { plainTexts } from '../../sql/plain-texts.ts';
import type { SqlTable } from '../../sql/sql-table.ts';
import type { SqlText } from '../../sql/sql-value.ts';

export interface UndoLog {
  readonly begin: readonly SqlText[];
  /** What the rows were that were there, as `codec.selected` reads them. */
  readonly read: SqlText;
  readonly end: readonly SqlText[];
}

/** @param number tells the tables of a batch apart */
export function undoLog({ sqlName, codec }: SqlTable, number: number): UndoLog {
  const log = quote(`_bb_undo.${number}`);
  const columns = ['_seq', '_id', '_updatedTime', ...codec.columns.map(({ name }) => name)];
  const list = columns.join(', ');
  const isNew = (place: string): string => `WHERE NOT EXISTS (SELECT 1 FROM ${log} WHERE _seq = ${place})`;
  const wasThere = `INSERT INTO ${log} (was_there, ${list}) SELECT 1, ${columns.map((name) => `OLD.${name}`).join(', ')} ${isNew('OLD._seq')};`;
  const wasNot = `INSERT INTO ${log} (was_there, _seq) SELECT 0, NEW._seq ${isNew('NEW._seq')};`;
  const triggers = [
    ['inserts', 'INSERT', wasNot],
    ['updates', 'UPDATE', `${wasThere} ${wasNot}`],
    ['deletes', 'DELETE', wasThere],
  ].map(([what = '', on = '', body = '']) => ({ name: quote(`_bb_undo.${number}.${what}`), on, body }));
  return {
    begin: plainTexts([
      // Without types, so that a value is kept as it is.
      `CREATE TABLE ${log} (was_there, ${['_seq INTEGER PRIMARY KEY', ...columns.slice(1)].join(', ')})`,
      ...triggers.map(({ name, on, body }) => `CREATE TRIGGER ${name} BEFORE ${on} ON ${sqlName} BEGIN ${body} END`),
    ]),
    read: { sql: `SELECT ${codec.selected} FROM ${log} WHERE was_there = 1`, params: [] },
    end: plainTexts([
      ...triggers.map(({ name }) => `DROP TRIGGER ${name}`),
      `DELETE FROM ${sqlName} WHERE _seq IN (SELECT _seq FROM ${log})`,
      `INSERT INTO ${sqlName} (${list}) SELECT ${list} FROM ${log} WHERE was_there = 1`,
      `DROP TABLE ${log}`,
    ]),
  };
}
