/**
 * Documents that are laid aside for one table, in a SQL table of the same columns.
 *
 * `swap`: it has all indexes, and becomes the table. `move`: its rows go to where others are; of the indexes it has the unique
 * ones. Which line a document came from is kept beside, by the batch, for when something is wrong.
 */
import { isBetterBaseError } from '@betterbase/core';
import {
  type DocumentWrite,
  type ImportProblem,
  mostImportProblems,
  type NormalizedTable,
  type StagedDocument,
  type StoredDocument,
} from '@betterbase/engine';
import { createTable } from '../embedded/alter-table.ts';
import { EmbeddedTable } from '../embedded/embedded-table.ts';
import { quote } from '../sql/identifier.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';
import { createIdIndex, createIndex, createSqlTable } from '../embedded/table-ddl.ts';
import { placeNamed } from '../sql/table-place.ts';
import { isUniqueViolation } from '../statements/unique-violation.ts';

export type IsTaken = (place: number, id: string) => boolean;
export type StagingUse = 'swap' | 'move';

export class StagingTable {
  readonly use: StagingUse;
  readonly table: EmbeddedTable;
  readonly sqlName: string;
  readonly #disk: SqlDisk;
  /** The table that it is for. */
  readonly #target: string;
  readonly #lines: string;

  constructor(disk: SqlDisk, importNumber: number, use: StagingUse, { name: target, document, indexes }: NormalizedTable) {
    this.#disk = disk;
    this.use = use;
    this.#target = target;
    const columns = indexes.flatMap((index) =>
      index.kind === 'index' ? [{ kind: 'index', name: index.name, fields: index.fields, unique: index.unique } as const] : [],
    );
    const name = stagingName(importNumber, target);
    this.table = new EmbeddedTable(disk, { name, document, indexes: use === 'swap' ? indexes : columns }, placeNamed(name));
    this.sqlName = quote(name);
    this.#lines = linesName(importNumber, target);
  }

  create(): void {
    this.#disk.write(`CREATE TABLE ${this.#lines} (batch INTEGER PRIMARY KEY, places BLOB NOT NULL)`);
    if (this.use === 'swap') {
      createTable(this.#disk, this.table);
      this.table.sides.takeOver(null);
      return;
    }
    createSqlTable(this.#disk, this.table);
    createIdIndex(this.#disk, this.table);
    for (const index of this.table.layout.indexes) if (index.unique) createIndex(this.#disk, this.table, index);
  }

  /** Makes room for what comes after a part. */
  empty(): void {
    this.#disk.write(`DELETE FROM ${this.sqlName}`);
    this.#disk.write(`DELETE FROM ${this.#lines}`);
  }

  /** @param isTaken whether another document than this has a place where they go */
  add(
    documents: readonly StagedDocument[],
    isTaken: IsTaken,
    now: number,
  ): { readonly problems: readonly ImportProblem[]; readonly staged: readonly StoredDocument[] } {
    const problems: ImportProblem[] = [];
    const places: number[] = [];
    const writes: DocumentWrite[] = [];
    for (const { line, document } of documents) {
      const added = this.#add(document, isTaken, now);
      if (typeof added === 'string') {
        problems.push({ table: this.#target, line, id: document._id, message: this.#naming(added, documents, line) });
        if (problems.length === mostImportProblems) break;
      } else {
        places.push(line, added._creationTime * 4096);
        writes.push({ table: this.table.name, id: added._id, before: null, after: added });
      }
    }
    if (!this.table.sides.isEmpty) this.table.sides.apply(writes);
    this.#disk.write(`INSERT INTO ${this.#lines} (places) VALUES (?)`, new Float64Array(places).buffer);
    return { problems, staged: writes.flatMap(({ after }) => after ?? []) };
  }

  /** The newest `_creationTime` that is staged; 0 if nothing is. */
  newestTime(): number {
    return Number(this.#disk.read(`SELECT COALESCE(MAX(_seq), 0) FROM ${this.sqlName}`)[0]?.[0]) / 4096;
  }

  /** Those at these places, with when they were staged. */
  at(places: readonly number[]): { readonly document: StoredDocument; readonly updatedTime: number }[] {
    const { codec } = this.table;
    const text = `SELECT ${codec.selected}, _updatedTime FROM ${this.sqlName} WHERE _seq IN (SELECT value FROM json_each(?)) ORDER BY _seq`;
    return this.#disk.read(text, JSON.stringify(places)).map((row) => ({ document: codec.decode(row), updatedTime: Number(row.at(-1)) }));
  }

  /** The places behind one, in order, at most so many. */
  placesAfter(place: number, most: number): readonly number[] {
    return this.#disk
      .read(`SELECT _seq FROM ${this.sqlName} WHERE _seq > ? ORDER BY _seq LIMIT ?`, place, most)
      .map(([each]) => Number(each));
  }

  count(): number {
    return Number(this.#disk.read(`SELECT COUNT(*) FROM ${this.sqlName}`)[0]?.[0]);
  }

  /** Puts a document to another place. */
  move(from: number, to: number): void {
    this.#disk.write(`UPDATE ${this.sqlName} SET _seq = ? WHERE _seq = ?`, to, from);
  }

  has(place: number): boolean {
    return this.#disk.read(`SELECT 1 FROM ${this.sqlName} WHERE _seq = ?`, place).length > 0;
  }

  /** Moves documents out of the way of those that the target has by now. */
  makeRoom(): void {
    const clashes = this.#disk.read(
      `SELECT s._seq, s._id FROM ${this.sqlName} s JOIN ${quote(this.#target)} t ON t._seq = s._seq AND t._id <> s._id`,
    );
    for (const [place, id] of clashes)
      this.move(
        Number(place),
        this.#freePlace(Number(place), String(id), (at, own) => this.isBeside(at, own)),
      );
  }

  /** Where a staged document came from; null if it was not staged. `sqlName`: where it is now. */
  lineOf(id: string, sqlName = this.sqlName): number | null {
    const [row] = this.#disk.read(`SELECT _seq FROM ${sqlName} WHERE _id = ?`, id);
    if (row === undefined) return null;
    for (let batch = 0; ; ) {
      const [next] = this.#disk.read(`SELECT batch, places FROM ${this.#lines} WHERE batch > ? ORDER BY batch LIMIT 1`, batch);
      if (next === undefined) return null;
      batch = Number(next[0]);
      const places = next[1] instanceof ArrayBuffer ? new Float64Array(next[1]) : [];
      const at = places.findIndex((value, position) => position % 2 === 1 && value === Number(row[0]));
      if (at > 0) return places[at - 1] ?? null;
    }
  }

  /** The document as it is staged, or what is wrong. As long as nothing is, nothing is looked up. */
  #add(document: StoredDocument, isTaken: IsTaken, now: number): StoredDocument | string {
    const at = (place: number): StoredDocument => {
      const placed = place === document._creationTime * 4096 ? document : { ...document, _creationTime: place / 4096 };
      this.table.insert(placed, now);
      return placed;
    };
    const wanted = document._creationTime * 4096;
    try {
      return at(isTaken(wanted, document._id) ? this.#freePlace(wanted, document._id, isTaken) : wanted);
    } catch (refused) {
      if (isBetterBaseError(refused)) return this.#explain(refused, document._id);
      if (!isUniqueViolation(refused)) throw refused;
    }
    if (this.#has(document._id)) return `{${document._id}} has the same \`_id\``;
    try {
      return at(this.#freePlace(wanted, document._id, isTaken));
    } catch (refused) {
      if (isBetterBaseError(refused)) return this.#explain(refused, document._id);
      throw refused;
    }
  }

  /** Puts lines for the ids in braces. */
  #naming(message: string, batch: readonly StagedDocument[], own: number): string {
    return message.replace(/\{(\w+)\}/, (_, id: string) => {
      const line = batch.find((each) => each.document._id === id && each.line !== own)?.line ?? this.lineOf(id);
      return line === null ? `\`${id}\`` : `line ${line}`;
    });
  }

  #has(id: string): boolean {
    return this.#disk.read(`SELECT 1 FROM ${this.sqlName} WHERE _id = ?`, id).length > 0;
  }

  /** Every place may have one document: the wanted one, or the next that is free. */
  #freePlace(wanted: number, id: string, isTaken: IsTaken): number {
    for (let place = wanted; ; place++) {
      if (this.#disk.read(`SELECT 1 FROM ${this.sqlName} WHERE _seq = ?`, place).length > 0) {
        const [end] = this.#disk.read(
          `SELECT s._seq FROM ${this.sqlName} s WHERE s._seq >= ? AND NOT EXISTS (SELECT 1 FROM ${this.sqlName} n WHERE n._seq = s._seq + 1) ORDER BY s._seq LIMIT 1`,
          place,
        );
        place = Number(end?.[0]);
      } else if (!isTaken(place, id)) return place;
    }
  }

  /** Whether the table that this is for has another document at a place. */
  isBeside(place: number, id: string): boolean {
    return this.#disk.read(`SELECT 1 FROM ${quote(this.#target)} WHERE _seq = ? AND _id <> ?`, place, id).length > 0;
  }

  #explain({ code, message, details }: { readonly code: string; readonly message: string; readonly details: unknown }, id: string): string {
    const text = message.replaceAll(this.table.name, this.#target).replace(/\.$/, '');
    if (code !== 'document/not-unique' || typeof details !== 'object' || details === null || !('ids' in details)) return text;
    const ids: readonly unknown[] = Array.isArray(details.ids) ? details.ids : [];
    const other = ids.find((each) => each !== id);
    return typeof other === 'string' ? `${text} ({${other}} has the same)` : text;
  }
}

/** Forgets what is staged and what is kept beside it, by their names: the table's schema may be another by now. */
export function dropStaging(disk: SqlDisk, importNumber: number, table: string): void {
  const name = stagingName(importNumber, table);
  if (disk.read('SELECT 1 FROM sqlite_master WHERE name = ?', name).length > 0) {
    const beside = `SELECT name FROM sqlite_master WHERE type = 'table' AND instr(name, ?) > 0 ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC`;
    for (const [side] of disk.read(beside, `.${name}.`)) disk.write(`DROP TABLE IF EXISTS ${quote(String(side))}`);
    disk.write(`DROP TABLE ${quote(name)}`);
  }
  disk.write(`DROP TABLE IF EXISTS ${linesName(importNumber, table)}`);
}

/** The number in a name of what is staged, or was; 0 in any other. */
export function importNumberIn(name: string): number {
  return Number(/^_bb_import_(\d+)_/.exec(name)?.[1] ?? 0);
}

function stagingName(importNumber: number, table: string): string {
  return `_bb_import_${importNumber}_${table}`;
}

function linesName(importNumber: number, table: string): string {
  return quote(`_bb_import_lines_${importNumber}_${table}`);
}
