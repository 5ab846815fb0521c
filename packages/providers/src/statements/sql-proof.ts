/**
 * What a statement is about to do, in the database's own words: the opcodes of the program that it was compiled to.
 *
 * Does not hold: the statement's text. Nothing here is concluded from it.
 */
import { idParameter } from './id-parameter.ts';
import type { SqlDisk, SqlRow, SqlValue } from '../disk/sql-disk.ts';
import { refused } from './statement.ts';

const clocks = /^(?:date|time|datetime|julianday|unixepoch|strftime|timediff|current_\w+|random|randomblob)\(/;
/** Functions whose answer is about the connection, not the documents. */
const connection = /^(?:changes|total_changes|last_insert_rowid|load_extension)\(/;
/** What only DDL, PRAGMA and the like compile to, or triggers, of which there are none. */
const foreign =
  /^(?:CreateBtree|SqlExec|ParseSchema|LoadAnalysis|Drop\w+|Destroy|SetCookie|ReadCookie|Vacuum|IncrVacuum|JournalMode|Checkpoint|AutoCommit|Savepoint|Program|TableLock|V(?:Create|Destroy|Update|Begin|Rename)|Expire|IntegrityCk|Pagecount|MaxPgcnt)$/;

export interface Proof {
  /** The tables that it looks into. */
  readonly reads: ReadonlySet<string>;
  /** The one table that it changes. */
  readonly writes: string | null;
  readonly readsClock: boolean;
  /** If of its one table it looks at no more than the document of an id: which parameter the id is, from 0. */
  readonly idParameter: number | null;
}

export interface ProofParts {
  readonly disk: SqlDisk;
  readonly isTable: (name: string) => boolean;
  /** The name of a table's index of ids. */
  readonly idIndex: (table: string) => string;
}

/** @throws BetterBaseError `query/bad-sql` for what reaches beyond the app's tables, or does not compile */
export function proveStatement({ disk, isTable, idIndex }: ProofParts, text: string, params: readonly SqlValue[]): Proof {
  const program = disk.read(`EXPLAIN ${text}`, ...params);
  const pages = rootPages(disk);
  const reads = new Set<string>();
  const writes = new Set<string>();
  let readsClock = false;
  for (const [, opcode, p1, p2, p3, p4] of program) {
    if (foreign.test(String(opcode))) throw refused('it does something else than read and change documents');
    // A DELETE of everything clears the pages; the page is in another place then.
    const isClearing = opcode === 'Clear';
    if (isClearing || opcode === 'OpenRead' || opcode === 'ReopenIdx' || opcode === 'OpenWrite') {
      const [page, database] = isClearing ? [p1, p2] : [p2, p3];
      const name = database === 0 ? pages.get(Number(page))?.table : undefined;
      const isSearching = !isClearing && opcode !== 'OpenWrite';
      if (name === undefined || !isTable(name))
        throw refused(
          `it ${isSearching ? 'reads' : 'changes'} a table that is not in the schema`,
          'Only tables of the schema are within reach.',
        );
      (isSearching ? reads : writes).add(name);
    }
    if (typeof p4 === 'string' && connection.test(p4))
      throw refused(`it calls ${p4.slice(0, p4.indexOf('('))}`, 'Its answer does not come from documents.');
    if (typeof p4 === 'string' && clocks.test(p4)) readsClock = true;
  }
  const [target = null, ...others] = writes;
  if (others.length > 0) throw refused('it changes more than one table');
  const isOne = new Set([...reads, ...writes]).size === 1;
  return { reads, writes: target, readsClock, idParameter: isOne ? idParameter(program, isIdIndex(pages, idIndex)) : null };
}

interface RootPage {
  readonly name: string;
  readonly table: string;
}

function isIdIndex(pages: ReadonlyMap<number, RootPage>, idIndex: ProofParts['idIndex']): (page: SqlRow[number]) => boolean {
  return (page) => {
    const found = pages.get(Number(page));
    return found !== undefined && found.name === idIndex(found.table);
  };
}

function rootPages(disk: SqlDisk): ReadonlyMap<number, RootPage> {
  const rows = disk.read('SELECT rootpage, name, tbl_name FROM sqlite_master WHERE rootpage > 0');
  return new Map(rows.map(([page, name, table]) => [Number(page), { name: String(name), table: String(table) }]));
}
