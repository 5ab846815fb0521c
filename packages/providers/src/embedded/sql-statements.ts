/**
 * SQL that an app's functions bring along: proven to keep to the app's tables, then run.
 *
 * What a statement changes is not kept. It runs on the real tables, inside a transaction that is taken back; what it left in
 * the rows that it touched is handed over as documents, so that they are checked, indexed and committed through the one
 * commit that all writes go through. What the caller's transaction has written so far is put into the tables for that moment.
 *
 * Always true: when `run` returns or throws, the database is what it was.
 */
import { BetterBaseError, overFixedLimit, overLimit } from '@betterbase/core';
import type { DocumentWrite, SqlPlan, SqlResult, SqlStatement, SqlWrites, StoredDocument } from '@betterbase/engine';
import type { EmbeddedTable } from './embedded-table.ts';
import { planOf } from './explain-statement.ts';
import { quote } from './identifier.ts';
import { leftDocument } from './left-row.ts';
import type { SqlAnswer, SqlDisk, SqlRow, SqlValue } from './sql-disk.ts';
import { type Proof, proveStatement } from './sql-proof.ts';
import { parseStatement, refused, type Statement, textOf } from './statement.ts';
import { tryOut } from './try-out.ts';
import { isUniqueViolation } from './unique-violation.ts';
import { writeRows } from './write-rows.ts';
import { newRows, type WriteStatement, writeStatement } from './write-statement.ts';

export interface SqlStatementsParts {
  readonly disk: SqlDisk;
  /** A table that functions may use. */
  readonly table: (name: string) => EmbeddedTable | undefined;
}

/** What a statement left, before it is taken back. */
interface Left {
  readonly answer: SqlAnswer;
  /** By place. Null: the row is gone. */
  readonly rows: ReadonlyMap<number, SqlRow | null>;
}

/** How many rows a SELECT that is inserted is expected to find, at first. */
const fewRows = 64;
/** Texts that are remembered. */
const mostProofs = 512;
const newRowsName = '_bb_new_rows';

export class SqlStatements {
  readonly #disk: SqlDisk;
  readonly #table: SqlStatementsParts['table'];
  #hasNewRows = false;
  /** By text. Nothing but the tables decides what a text compiles to. */
  readonly #proofs = new Map<string, Proof>();

  constructor({ disk, table }: SqlStatementsParts) {
    this.#disk = disk;
    this.#table = table;
  }

  /** To be called when tables have changed. */
  forget(): void {
    this.#proofs.clear();
  }

  run(given: SqlStatement): SqlResult {
    const statement = parseStatement(given.sql);
    if (statement.kind === 'select') return this.#select(textOf(statement.tokens), given);
    if (given.writes === null) throw refused('it writes, and a query only reads', 'Run it in a mutation.');
    return this.#change(statement, given, given.writes);
  }

  explain(sql: string, params: readonly SqlValue[]): SqlPlan {
    const { tokens } = parseStatement(sql);
    const rows = attempt(() => this.#disk.read(`EXPLAIN QUERY PLAN ${textOf(tokens)}`, ...params));
    return planOf(rows, tokens, (name) => this.#table(name) !== undefined);
  }

  #select(text: string, { params, pending, now }: SqlStatement): SqlResult {
    const proof = attempt(() => this.#prove(text, params));
    if (proof.writes !== null) throw refused('it writes');
    const id = idOf(proof, params);
    const own = [...proof.reads].flatMap((table) => [...pending(table)]).filter((write) => id === null || write.id === id);
    const read = (): SqlAnswer => attempt(() => this.#disk.query(text, ...params));
    const answer = own.length === 0 ? read() : this.#undone(own, now, read);
    return { ...answer, tables: [...proof.reads], id, readsClock: proof.readsClock, changes: [] };
  }

  #change(statement: Statement, { params, pending, now }: SqlStatement, writes: SqlWrites): SqlResult {
    if (statement.kind === 'insert') this.#createNewRows();
    const isColumn = (name: string): boolean => /^(?:rowid|oid|_rowid_)$/.test(name) && this.#hasColumn(statement, name);
    const written = writeStatement(statement, isColumn);
    const proof = attempt(
      () => this.#prove(written.text, params),
      // What is wrong with the author's text is said in its own terms.
      () => this.#disk.read(`EXPLAIN ${textOf(statement.tokens)}`, ...params),
    );
    const table = this.#target(proof, written);
    const id = idOf(proof, params);
    const seen = (name: string): boolean =>
      proof.reads.has(name) || statement.kind !== 'insert' || written.conflict !== 'none' || hasUniqueFields(table);
    const own = [...new Set([...proof.reads, table.name])]
      .filter(seen)
      .flatMap((name) => [...pending(name)])
      .filter((write) => id === null || write.id === id || hasUniqueFields(table));

    const ids = new NewDocuments(table.name, writes);
    const left = this.#undone(own, now, () => this.#leave({ statement, written, params, table, ids, now, most: writes.most }));
    return {
      rowsRead: left.answer.rowsRead,
      columns: left.answer.columns.slice(1),
      rows: left.answer.rows.map((row) => row.slice(1)),
      tables: [...proof.reads],
      id,
      readsClock: proof.readsClock,
      changes: this.#changes(table, left, pending, ids),
    };
  }

  /** Runs the statement, and reads the rows that it touched. */
  #leave(parts: {
    readonly statement: Statement;
    readonly written: WriteStatement;
    readonly params: readonly SqlValue[];
    readonly table: EmbeddedTable;
    readonly ids: NewDocuments;
    readonly now: number;
    readonly most: number;
  }): Left {
    const { statement, written, params, table, ids, now, most } = parts;
    let room = Math.min(written.inserts ?? fewRows, most + 1);
    for (;;) {
      if (room > 0) this.#offer(ids.upTo(room), now);
      try {
        const answer = attempt(() => this.#disk.query(written.text, ...params));
        if (answer.rows.length > most) throw tooMany(most);
        const places = new Set(answer.rows.map(([place]) => Number(place)));
        const rows = new Map<number, SqlRow | null>([...places].map((place) => [place, null]));
        if (statement.kind !== 'delete') for (const row of this.#rowsAt(table, [...places])) rows.set(Number(row[0]), row);
        return { answer, rows };
      } catch (error) {
        const isShort = room > 0 && error instanceof Error && error.message.includes(`NOT NULL constraint failed: ${table.name}._id`);
        if (!isShort) throw error;
        if (room > most) throw tooMany(most);
        room = Math.min(room * 16, most + 1);
      }
    }
  }

  /** The documents behind the rows: what they were to the statement, and what it made of them. */
  #changes(table: EmbeddedTable, { rows }: Left, pending: SqlStatement['pending'], ids: NewDocuments): DocumentWrite[] {
    const old = [...rows.keys()].filter((place) => ids.idAt(place) === undefined);
    const own = new Map(old.length === 0 ? [] : [...pending(table.name)].map((write) => [placeOf(write.after ?? write.before), write]));
    const committed = new Map(
      this.#rowsAt(
        table,
        old.filter((place) => !own.has(place)),
      ).map((row) => [Number(row[0]), row]),
    );
    return [...rows].map(([place, row]): DocumentWrite => {
      const pendingAfter = own.get(place)?.after ?? null;
      const beforeRow = pendingAfter === null ? (committed.get(place) ?? null) : table.rowOf(pendingAfter);
      const before = pendingAfter ?? (beforeRow === null ? null : table.codec.decode(beforeRow));
      const id = String((row ?? beforeRow)?.[1]);
      if (id !== (before?._id ?? ids.idAt(place)))
        throw refused(
          `it changes \`_id\` or the place of document \`${id}\` in \`${table.name}\``,
          'What the database sets stays as it is.',
        );
      return { table: table.name, id, before, after: row === null ? null : leftDocument(table, row, beforeRow) };
    });
  }

  #rowsAt(table: EmbeddedTable, places: readonly number[]): readonly SqlRow[] {
    if (places.length === 0) return [];
    const text = `SELECT ${table.codec.selected} FROM ${quote(table.place.sqlName)} WHERE _seq IN (SELECT value FROM json_each(?))`;
    return this.#disk.read(text, JSON.stringify(places));
  }

  #target({ writes: name }: Proof, { conflict }: WriteStatement): EmbeddedTable {
    const table = name === null ? undefined : this.#table(name);
    if (table === undefined) throw refused('it changes no table of the schema');
    const hidden = table.layout.indexes.find((index) => index.unique && index.by === 'key');
    if (conflict === 'any' && hidden !== undefined)
      throw refused(
        `\`${table.name}\` has the unique index \`${hidden.name}\`, whose keys SQL does not compare`,
        'Look for the document first, or name the columns of another unique index: ON CONFLICT (…).',
      );
    return table;
  }

  #hasColumn({ tokens, verb }: Statement, column: string): boolean {
    const names = new Set(tokens.slice(verb).map(({ name }) => name));
    return [...names].some((name) => this.#table(name)?.layout.columns.some((each) => each.name.toLowerCase() === column) === true);
  }

  #prove(text: string, params: readonly SqlValue[]): Proof {
    const proven = this.#proofs.get(text);
    if (proven !== undefined) return proven;
    const isTable = (name: string): boolean => name === newRowsName || this.#table(name) !== undefined;
    const idIndex = (name: string): string => `${this.#table(name)?.place.home ?? ''}.by_id`;
    const proof = proveStatement({ disk: this.#disk, isTable, idIndex }, text, params);
    if (proof.writes === newRowsName) throw refused('it changes no table of the schema');
    const reads = new Set([...proof.reads].filter((name) => name !== newRowsName));
    if (this.#proofs.size >= mostProofs) this.#proofs.clear();
    this.#proofs.set(text, { ...proof, reads });
    return { ...proof, reads };
  }

  /** Outside of any transaction that is taken back: making a table costs more than a statement. */
  #createNewRows(): void {
    if (this.#hasNewRows) return;
    this.#disk.write(
      `CREATE TABLE IF NOT EXISTS ${newRows} (n INTEGER PRIMARY KEY, seq INTEGER NOT NULL, id TEXT NOT NULL, at REAL NOT NULL)`,
    );
    this.#hasNewRows = true;
  }

  #offer(documents: readonly NewDocument[], now: number): void {
    this.#disk.write(`DELETE FROM ${newRows}`);
    const rows = documents.map(({ id, place }) => [place, id]);
    const each = 'SELECT key + 1, value ->> 0, value ->> 1, ? FROM json_each(?)';
    this.#disk.write(`INSERT INTO ${newRows} (n, seq, id, at) ${each}`, now, JSON.stringify(rows));
  }

  /** Does the work on tables that hold what is pending, and takes all of it back. */
  #undone<T extends object>(pending: readonly DocumentWrite[], now: number, work: () => T): T {
    return tryOut(this.#disk, () => {
      writeRows(pending, (name) => this.#tableNamed(name), now);
      return work();
    });
  }

  #tableNamed(name: string): EmbeddedTable {
    const table = this.#table(name);
    if (table === undefined) throw new Error(`The transaction has written to \`${name}\`, which is no table.`);
    return table;
  }
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

function idOf({ idParameter }: Proof, params: readonly SqlValue[]): string | null {
  const id = idParameter === null ? null : params[idParameter];
  return typeof id === 'string' ? id : null;
}

/** Unique indexes that the database enforces while a statement runs; the keys of others are not written then. */
function hasUniqueFields({ layout }: EmbeddedTable): boolean {
  return layout.indexes.some((index) => index.unique && index.by === 'fields');
}

function placeOf(document: StoredDocument | null): number {
  return (document?._creationTime ?? 0) * 4096;
}

/** What the database has against it, the author is to read. `first` may say it better. */
function attempt<T>(work: () => T, first?: () => unknown): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof BetterBaseError) throw error;
    if (messageOf(error).includes('LIKE or GLOB pattern too complex'))
      throw overFixedLimit('sqlPattern', null, 'A LIKE or GLOB pattern of this statement is too long', 'Search text with a search index.');
    if (first !== undefined) attempt(first);
    throw isUniqueViolation(error) ? notUniqueHere(error) : refused(messageOf(error), columnsHint);
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
