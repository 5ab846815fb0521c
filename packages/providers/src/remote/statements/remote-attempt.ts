import type { Attempt, Attempted } from '../../statements/sql-statements.ts';
import type { SqlAnswer, SqlDisk } from '../../disk/sql-disk.ts';
import { tryOut } from '../../disk/try-out.ts';
import { placeOf } from '../../sql/sql-table.ts';
import type { SqlText } from '../../sql/sql-value.ts';
import { refused } from '../../statements/statement.ts';
import { beginOfOurs, endOfOurs } from '../outside/log-tables.ts';
import { type RemoteLink, versionGuard } from '../remote-link.ts';
import type { RemoteResult } from '../remote-sql.ts';
import type { RemoteTable } from '../remote-table.ts';
import { rowStatements } from '../write-notes.ts';
import { undoLog } from './undo-log.ts';

export interface RemoteAttempts {
  readonly link: RemoteLink;
  /** Has the tables without their rows. */
  readonly shadow: SqlDisk;
  readonly tableNamed: (name: string) => RemoteTable;
  readonly version: () => number;
}

/** Runs a statement elsewhere, in one round trip. What it changes, and what `own` does, is taken back in the same batch. */
export async function remoteAttempt(parts: RemoteAttempts, attempt: Attempt): Promise<Attempted> {
  const { link, shadow, tableNamed, version } = parts;
  const { text, params, changes, own, now } = attempt;
  const columns = columnsOf(shadow, attempt);
  const statement = { sql: changes === null ? withOwnNames(text, columns) : text, params };
  if (changes === null && own.length === 0) {
    const [result] = await link.ask([statement], 'read');
    return { answer: answerOf(result, columns), rowsAt: () => [] };
  }
  const touched = new Set([...(changes === null ? [] : [changes]), ...own.map(({ table }) => table)]);
  const logs = [...touched].map((name, number) => undoLog(tableNamed(name).sql, number));
  const before: readonly SqlText[] = [
    versionGuard(version()),
    beginOfOurs,
    ...logs.flatMap(({ begin }) => begin),
    ...rowStatements(own, tableNamed, now),
  ];
  const results = await link.ask(
    [...before, statement, ...logs.slice(0, 1).map(({ read }) => read), ...logs.flatMap(({ end }) => end), endOfOurs],
    'write',
  );
  const ownPlaces = new Set(own.flatMap(({ before: old, after }) => [old, after]).flatMap((each) => (each === null ? [] : placeOf(each))));
  const was = new Map((results[before.length + 1]?.rows ?? []).map((row) => [Number(row[0]), row]));
  const rowsAt: Attempted['rowsAt'] = (places) =>
    places.flatMap((place) => {
      const row = ownPlaces.has(place) ? undefined : was.get(place);
      return row === undefined ? [] : [row];
    });
  return { answer: answerOf(results[before.length], columns), rowsAt };
}

/** What its columns are called, by the database that has no rows: what it would change there is taken back. */
function columnsOf(shadow: SqlDisk, { text, params, changes }: Attempt): readonly string[] {
  const run = (): { readonly columns: readonly string[] } => shadow.query(text, ...params);
  return (changes === null ? run() : tryOut(shadow, run)).columns;
}

/** Some databases lose one of two columns with the same name. */
function withOwnNames(text: string, columns: readonly string[]): string {
  if (new Set(columns).size === columns.length) return text;
  return `WITH _bb_all (${columns.map((_, at) => `_bb_${at}`).join(', ')}) AS (${text}) SELECT * FROM _bb_all`;
}

function answerOf(result: RemoteResult | undefined, columns: readonly string[]): SqlAnswer {
  const rows = result?.rows ?? [];
  if (rows.some((row) => row.length !== columns.length))
    throw refused('two of its columns have the same name', 'Give each a name of its own: RETURNING a AS one, b AS other.');
  return { columns, rows, rowsRead: null };
}
