/**
 * SQL that an app's functions bring along: proven to keep to the app's tables, then run.
 *
 * What a statement changes is not kept. It runs on the real tables, inside a transaction that is taken back; what it left in
 * the rows that it touched is handed over as documents, so that they are checked, indexed and committed through the one
 * commit that all writes go through. What the caller's transaction has written so far is put into the tables for that moment.
 *
 * Always true: when `execute` returns or throws, the database is what it was.
 */
import { BetterBaseError, overFixedLimit, overLimit } from '@betterbase/core';
import {
  type DocumentWrite,
  type SqlPlan,
  type SqlResult,
  type SqlStatement,
  type SqlStore,
  type SqlWrites,
  type StoredDocument,
  usesExtra,
} from '@betterbase/engine';
import { planOf } from './explain-statement.ts';
import { leftDocument, type LeftRowTable } from '../sql/left-row.ts';
import type { SqlAnswer, SqlDisk, SqlRow, SqlValue } from '../disk/sql-disk.ts';
import { type Proof, proveStatement } from './sql-proof.ts';
import { parseStatement, refused, type Statement, textOf } from './statement.ts';
import { quote } from '../sql/identifier.ts';
import { type GuardedStatement, type GuardedTable, guardStatement } from './guarded-statement.ts';
import { isUniqueViolation } from './unique-violation.ts';
import { assertUnderstood, newDocuments, type WriteStatement, writeStatement } from './write-statement.ts';

/** A table that statements may change. */
export interface SqlTarget extends LeftRowTable {
  /** The document as `codec.selected` would read it. */
  rowOf(document: StoredDocument): SqlRow;
}

/** A proven statement, and what the tables hold besides what is committed while it runs. */
export interface Attempt {
  readonly text: string;
  readonly params: readonly SqlValue[];
  /** The table that it changes; null: it only reads. */
  readonly changes: string | null;
  readonly own: readonly DocumentWrite[];
  readonly now: number;
}

export interface Attempted {
  readonly answer: SqlAnswer;
  /** The rows that the changed table has, or had before `own`, at these places, as `codec.selected` reads them. */
  readonly rowsAt: (places: readonly number[]) => readonly SqlRow[];
}

export interface SqlStatementsParts {
  /** Called before anything else. */
  readonly prepare?: () => void;
  /** Has the tables of documents, be it without rows: it says what a statement is about to do. */
  readonly disk: SqlDisk;
  /** A table that functions may use. */
  readonly table: (name: string) => SqlTarget | undefined;
  /** The name of a table's index of ids. */
  readonly idIndex: (table: string) => string;
  /** Runs a statement, and takes back whatever it has changed. */
  readonly attempt: (attempt: Attempt) => Attempted | Promise<Attempted>;
}

/** A statement as it is going to be run. */
type Prepared =
  | { readonly kind: 'select'; readonly text: string; readonly proof: Proof; readonly parameters: number }
  | {
      readonly kind: 'insert' | 'update' | 'delete';
      readonly table: SqlTarget;
      readonly written: WriteStatement;
      readonly proof: Proof;
      readonly parameters: number;
    };
type Change = Exclude<Prepared, { readonly kind: 'select' }>;

/** How many rows a SELECT that is inserted is expected to find, at first. */
const fewRows = 64;
/** Statements that are remembered. */
const mostPrepared = 512;

export class SqlStatements implements SqlStore {
  readonly #disk: SqlDisk;
  readonly #table: SqlStatementsParts['table'];
  readonly #parts: SqlStatementsParts;
  /** By the author's text. Nothing but the tables decides what becomes of it. */
  readonly #prepared = new Map<string, Prepared>();

  constructor(parts: SqlStatementsParts) {
    this.#disk = parts.disk;
    this.#table = parts.table;
    this.#parts = parts;
  }

  /** To be called when tables have changed. */
  forget(): void {
    this.#prepared.clear();
  }

  async execute(given: SqlStatement): Promise<SqlResult> {
    this.#parts.prepare?.();
    if (given.seen !== undefined) return await this.#selectSeen(given, given.seen);
    const prepared = this.#prepare(given);
    if (prepared.kind === 'select') return await this.#select(prepared, given);
    if (given.writes === null) throw writesInQuery();
    return await this.#change(prepared, given, given.writes);
  }

  async explain(sql: string, params: readonly SqlValue[]): Promise<SqlPlan> {
    this.#parts.prepare?.();
    const { tokens } = parseStatement(sql);
    const rows = explained(() => this.#disk.read(`EXPLAIN QUERY PLAN ${textOf(tokens)}`, ...params));
    return planOf(rows, tokens, (name) => this.#table(name) !== undefined);
  }

  #prepare({ sql, params, writes }: SqlStatement): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined && known.parameters === params.length) return known;
    const statement = parseStatement(sql);
    const { kind, tokens, parameters } = statement;
    if (kind !== 'select' && writes === null) throw writesInQuery();
    if (parameters !== params.length) throw refused(`it has ${parameters} parameters, and ${params.length} were given`);
    assertUnderstood(statement);
    const text = textOf(tokens);
    const proof = this.#prove(text, params);
    if (kind === 'select' && proof.writes !== null) throw writesInQuery();
    const prepared: Prepared = kind === 'select' ? { kind, text, proof, parameters } : this.#prepareChange(statement, kind, proof, params);
    this.#remember(sql, prepared);
    return prepared;
  }

  /** What runs is proven too, and not only what its author wrote. */
  #prepareChange(statement: Statement, kind: Change['kind'], { writes }: Proof, params: readonly SqlValue[]): Change {
    const table = writes === null ? undefined : this.#table(writes);
    if (table === undefined) throw refused('it changes no table of the schema');
    const isColumn = (name: string): boolean => table.layout.columns.some((column) => column.name.toLowerCase() === name);
    const written = writeStatement(statement, { selected: table.codec.selectedColumns, isColumn });
    assertComparable(table, written);
    const proof = this.#prove(written.text, kind === 'insert' ? [...params, newDocuments([], 0)] : params);
    return { kind, table, written, proof, parameters: statement.parameters };
  }

  async #select(
    { text, proof }: Extract<Prepared, { readonly kind: 'select' }>,
    { params, pending, now }: SqlStatement,
  ): Promise<SqlResult> {
    const id = idOf(proof, params);
    const own = [...proof.reads].flatMap((table) => [...pending(table)]).filter((write) => id === null || write.id === id);
    const { answer } = await this.#attempt({ text, params, changes: null, own, now });
    return { ...shown(answer, 0), tables: [...proof.reads], id, readsClock: proof.readsClock, changes: [] };
  }

  /** A statement that may see some rows only. */
  async #selectSeen(given: SqlStatement, seen: NonNullable<SqlStatement['seen']>): Promise<SqlResult> {
    const statement = parseSelect(given);
    const hidden = new Map([...seen].flatMap(([name, rows]) => (rows === null ? [] : [[name, rows] as const])));
    const guarded = guardStatement(statement, given.params, hidden, (name) => this.#guarded(name));
    const { sql: text, params } = guarded.statement;
    const prepared = this.#prepared.get(text) ?? this.#prepareSeen(guarded, (name) => seen.get(name) === null);
    if (prepared.kind !== 'select') throw writesInQuery();
    return await this.#select(prepared, { ...given, params });
  }

  #prepareSeen({ statement, probe }: GuardedStatement, isOpen: (table: string) => boolean): Prepared {
    const reached = [...this.#prove(probe.sql, probe.params).reads].find((name) => !isOpen(name));
    if (reached !== undefined)
      throw new BetterBaseError(
        'policy/unsupported',
        `As a user, a statement cannot reach past the rows of \`${reached}\` that are seen.`,
        {
          hint: 'Name tables alone.',
        },
      );
    const proof = this.#prove(statement.sql, statement.params);
    if (proof.writes !== null) throw writesInQuery();
    const prepared: Prepared = { kind: 'select', text: statement.sql, proof, parameters: statement.params.length };
    this.#remember(statement.sql, prepared);
    return prepared;
  }

  #guarded(name: string): GuardedTable {
    const target = this.#table(name);
    if (target === undefined) throw refused(`it names \`${name}\`, a table that is not in the schema`);
    const { columns } = this.#disk.query(`SELECT * FROM main.${quote(name)} LIMIT 0`);
    return { asked: { sqlName: quote(name), layout: target.layout }, columns };
  }

  #remember(text: string, prepared: Prepared): void {
    if (this.#prepared.size >= mostPrepared) this.#prepared.clear();
    this.#prepared.set(text, prepared);
  }

  async #change(change: Change, { params, pending, now }: SqlStatement, writes: SqlWrites): Promise<SqlResult> {
    const { kind, table, written, proof } = change;
    const id = idOf(proof, params);
    const seen = (name: string): boolean =>
      proof.reads.has(name) || kind !== 'insert' || written.conflict !== 'none' || hasUniqueFields(table);
    const own = [...new Set([...proof.reads, table.name])]
      .filter(seen)
      .flatMap((name) => [...pending(name)])
      .filter((write) => id === null || write.id === id || hasUniqueFields(table));

    const ids = new NewDocuments(table.name, writes);
    const { answer, rowsAt } = await this.#leave(change, params, { ids, own, now, most: writes.most });
    const width = 2 + table.layout.columns.length + (usesExtra(table.layout) ? 1 : 0);
    // A row that is touched twice is as it was left at last.
    const left = new Map(
      answer.rows.map((row): [number, SqlRow | null] => [Number(row[0]), kind === 'delete' ? null : row.slice(0, width)]),
    );
    return {
      ...shown(answer, width),
      tables: [...proof.reads],
      id,
      readsClock: proof.readsClock,
      changes: changesOf(table, left, { pending, ids, rowsAt }),
    };
  }

  /** Runs the statement; one that inserts more than was expected, again. */
  async #leave(
    { kind, table, written }: Change,
    params: readonly SqlValue[],
    { ids, own, now, most }: Pick<Attempt, 'own' | 'now'> & { readonly ids: NewDocuments; readonly most: number },
  ): Promise<Attempted> {
    let room = Math.min(written.inserts ?? fewRows, most + 1);
    for (;;) {
      const offered = kind === 'insert' ? [newDocuments(ids.upTo(room), now)] : [];
      try {
        const attempted = await this.#attempt({ text: written.text, params: [...params, ...offered], changes: table.name, own, now });
        if (attempted.answer.rows.length > most) throw tooMany(most);
        return attempted;
      } catch (error) {
        const isShort =
          kind === 'insert' && error instanceof Error && error.message.includes(`NOT NULL constraint failed: ${table.name}._id`);
        if (!isShort) throw error;
        if (room > most) throw tooMany(most);
        room = Math.min(room * 16, most + 1);
      }
    }
  }

  #prove(text: string, params: readonly SqlValue[]): Proof {
    const isTable = (name: string): boolean => this.#table(name) !== undefined;
    return explained(() => proveStatement({ disk: this.#disk, isTable, idIndex: this.#parts.idIndex }, text, params));
  }

  async #attempt(attempt: Attempt): Promise<Attempted> {
    try {
      return await this.#parts.attempt(attempt);
    } catch (failure) {
      throw told(failure);
    }
  }
}

/** @throws BetterBaseError `query/bad-sql` */
function parseSelect({ sql, params }: SqlStatement): Statement {
  const statement = parseStatement(sql);
  if (statement.kind !== 'select') throw writesInQuery();
  if (statement.parameters !== params.length) throw refused(`it has ${statement.parameters} parameters, and ${params.length} were given`);
  return statement;
}

interface NewDocument {
  readonly id: string;
  readonly place: number;
}

/** The ids and places that a statement's new documents get, one after the other. */
class NewDocuments {
  readonly #table: string;
  readonly #writes: SqlWrites;
  readonly #made: NewDocument[] = [];
  readonly #ids = new Map<number, string>();

  constructor(table: string, writes: SqlWrites) {
    this.#table = table;
    this.#writes = writes;
  }

  upTo(count: number): readonly NewDocument[] {
    while (this.#made.length < count) {
      const { id, creationTime } = this.#writes.newDocument(this.#table);
      this.#made.push({ id, place: creationTime * 4096 });
      this.#ids.set(creationTime * 4096, id);
    }
    return this.#made;
  }

  idAt(place: number): string | undefined {
    return this.#ids.get(place);
  }
}

/** The documents behind the rows: what they were to the statement, and what it made of them. */
function changesOf(
  table: SqlTarget,
  rows: ReadonlyMap<number, SqlRow | null>,
  { pending, ids, rowsAt }: { readonly pending: SqlStatement['pending']; readonly ids: NewDocuments; readonly rowsAt: Attempted['rowsAt'] },
): DocumentWrite[] {
  const old = [...rows.keys()].filter((place) => ids.idAt(place) === undefined);
  const own = new Map(old.length === 0 ? [] : [...pending(table.name)].map((write) => [placeOf(write.after ?? write.before), write]));
  const committed = new Map(rowsAt(old.filter((place) => !own.has(place))).map((row) => [Number(row[0]), row]));
  return [...rows].map(([place, row]): DocumentWrite => {
    const pendingAfter = own.get(place)?.after ?? null;
    const beforeRow = pendingAfter === null ? (committed.get(place) ?? null) : table.rowOf(pendingAfter);
    const before = pendingAfter ?? (beforeRow === null ? null : table.codec.decode(beforeRow));
    const id = String((row ?? beforeRow)?.[1]);
    if (id !== (before?._id ?? ids.idAt(place)))
      throw refused(`it changes \`_id\` or the place of document \`${id}\` in \`${table.name}\``, 'What the database sets stays as it is.');
    return { table: table.name, id, before, after: row === null ? null : leftDocument(table, row, beforeRow) };
  });
}

/** What `*` stands for and is nobody's field. */
const hiddenColumn = /^(?:_seq|_extra|_k_.*)$/;

/** The answer without its first columns, and without those that documents do not have. */
function shown({ columns, rows, rowsRead }: SqlAnswer, from: number): SqlAnswer {
  const places = columns.flatMap((name, place) => (place < from || hiddenColumn.test(name) ? [] : [place]));
  if (places.length === columns.length) return { columns, rows, rowsRead };
  const pick = <T>(all: readonly T[], none: T): T[] => places.map((place) => all[place] ?? none);
  return { columns: pick(columns, ''), rows: rows.map((row) => pick(row, null)), rowsRead };
}

function idOf({ idParameter }: Proof, params: readonly SqlValue[]): string | null {
  const id = idParameter === null ? null : params[idParameter];
  return typeof id === 'string' ? id : null;
}

/** Unique indexes that the database enforces while a statement runs; the keys of others are not written then. */
function hasUniqueFields({ layout }: SqlTarget): boolean {
  return layout.indexes.some((index) => index.unique && index.by === 'fields');
}

function placeOf(document: StoredDocument | null): number {
  return (document?._creationTime ?? 0) * 4096;
}

/** Whether what the statement says of conflicts can come true. */
function assertComparable(table: SqlTarget, { conflict }: WriteStatement): void {
  const hidden = table.layout.indexes.find((index) => index.unique && index.by === 'key');
  if (conflict !== 'any' || hidden === undefined) return;
  throw refused(
    `\`${table.name}\` has the unique index \`${hidden.name}\`, whose keys SQL does not compare`,
    'Look for the document first, or name the columns of another unique index: ON CONFLICT (…).',
  );
}

function writesInQuery(): BetterBaseError {
  return refused('it writes, and a query only reads', 'Run it in a mutation.');
}

/** What the database has against it, the author is to read. */
function told(failure: unknown): unknown {
  if (failure instanceof BetterBaseError) return failure;
  if (messageOf(failure).includes('LIKE or GLOB pattern too complex'))
    return overFixedLimit('sqlPattern', null, 'A LIKE or GLOB pattern of this statement is too long', 'Search text with a search index.');
  return isUniqueViolation(failure) ? notUniqueHere(failure) : refused(messageOf(failure), columnsHint);
}

function explained<T>(work: () => T): T {
  try {
    return work();
  } catch (failure) {
    throw told(failure);
  }
}

const columnsHint = 'Columns are the fields of the schema, `_id`, `_creationTime` and `_updatedTime`.';

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function notUniqueHere(cause: unknown): BetterBaseError {
  const columns = /UNIQUE constraint failed: (?<columns>[^:]+)/.exec(messageOf(cause))?.groups?.['columns'] ?? '';
  return new BetterBaseError(
    'document/not-unique',
    `The statement would give two documents the same \`${columns.trim()}\`, which a unique index forbids.`,
    {
      hint: 'Look for the document first, or say what is to happen: ON CONFLICT (…) DO UPDATE SET ….',
      cause,
    },
  );
}

function tooMany(most: number): BetterBaseError {
  return overLimit('documentsWritten', most, {
    measured: most + 1,
    what: `This statement changes ${most + 1} documents or more`,
    hint: 'Split the work into several mutations.',
  });
}
