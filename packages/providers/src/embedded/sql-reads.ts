/** SQL that an app's functions bring along: proven to read the app's tables only, then run. */
import { BetterBaseError, overFixedLimit } from '@betterbase/core';
import type { SqlRead, SqlScalar } from '@betterbase/engine';
import { oneStatement } from './one-statement.ts';
import type { SqlDisk, SqlRow } from './sql-disk.ts';

const clocks = /^(?:date|time|datetime|julianday|unixepoch|strftime|timediff|current_\w+|random|randomblob)\(/;
/** Functions whose answer is about the connection, not the documents. */
const connection = /^(?:changes|total_changes|last_insert_rowid|load_extension)\(/;

/** @throws BetterBaseError `query/bad-sql` */
export function selectRows(disk: SqlDisk, sql: string, params: readonly SqlScalar[], isTable: (name: string) => boolean): SqlRead {
  const statement = oneStatement(sql);
  const program = attempt(() => disk.read(`EXPLAIN ${statement}`, ...params));
  const { tables, readsClock } = prove(program, () => rootPages(disk), isTable);
  return { rows: attempt(() => disk.records(statement, ...params)), tables, readsClock };
}

/** What the database is about to do, in its own words: the opcodes of the program that it compiled the statement to. */
function prove(
  program: readonly SqlRow[],
  roots: () => ReadonlyMap<number, string>,
  isTable: (name: string) => boolean,
): Omit<SqlRead, 'rows'> {
  const tables = new Set<string>();
  let isUnknown = false;
  let readsClock = false;
  let pages: ReadonlyMap<number, string> | null = null;
  for (const [, opcode, , p2, p3, p4] of program) {
    if (opcode === 'Transaction' && p2 !== 0)
      throw refused('it writes', 'To change documents use ctx.db.insert, patch, replace and delete.');
    if (opcode === 'OpenRead' || opcode === 'ReopenIdx') {
      pages ??= roots();
      const name = p3 === 0 ? pages.get(Number(p2)) : undefined;
      if (name === undefined || !isTable(name))
        throw refused('it reads a table that is not in the schema', 'Only tables of the schema can be read.');
      tables.add(name);
    }
    // A table that is computed (json_each) or a search index: which documents are behind it, the program does not say.
    if (opcode === 'VOpen') isUnknown = true;
    if (typeof p4 === 'string' && connection.test(p4))
      throw refused(`it calls ${p4.slice(0, p4.indexOf('('))}`, 'Its answer does not come from documents.');
    if (typeof p4 === 'string' && clocks.test(p4)) readsClock = true;
  }
  return { tables: isUnknown ? null : [...tables], readsClock };
}

function rootPages(disk: SqlDisk): ReadonlyMap<number, string> {
  const rows = disk.read('SELECT rootpage, tbl_name FROM sqlite_master WHERE rootpage > 0');
  return new Map(rows.map(([page, table]) => [Number(page), String(table)]));
}

/** What the database has against it, the author is to read. */
function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && error.message.includes('LIKE or GLOB pattern too complex'))
      throw overFixedLimit('sqlPattern', null, 'A LIKE or GLOB pattern of this statement is too long', 'Search text with a search index.');
    throw refused(
      error instanceof Error ? error.message : String(error),
      'Columns are the fields of the schema, `_id` and `_creationTime`.',
    );
  }
}

function refused(what: string, hint: string): BetterBaseError {
  return new BetterBaseError('query/bad-sql', `This statement cannot be run: ${what}.`, { hint });
}
