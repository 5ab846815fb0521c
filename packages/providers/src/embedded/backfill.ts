/**
 * Tables written anew while the old ones serve.
 *
 * Holds: what is on disk about it, and how far the last batch that was taken goes.
 * Always true: what lies aside for a document is what the change made of it as it is; a document of which that cannot be
 * said has nothing aside, and is dirty or still ahead. So what lies aside clashes only where the new table would.
 */
import {
  type BackfillBatch,
  type BackfillStart,
  type BackfillState,
  type DocumentWrite,
  isSameJson,
  type Migration,
  type NormalizedTable,
  type StoredDocument,
} from '@betterbase/engine';
import { createTable } from './alter-table.ts';
import { type BackfillEntry, BackfillLedger, type BackfillTable, dirtyTable } from '../home/backfill-ledger.ts';
import { EmbeddedTable } from './embedded-table.ts';
import { quote } from '../sql/identifier.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';
import { countRows } from './count-rows.ts';

interface Part {
  table: BackfillTable;
  /** Where changed documents lie. */
  readonly aside: EmbeddedTable;
  /** Commits to places up to here make their documents dirty. */
  takenTo: number;
  /** How many documents lie aside. */
  lying: number;
}

const nowhere = -1;

export class Backfill {
  readonly #disk: SqlDisk;
  readonly #ledger: BackfillLedger;
  #entry: BackfillEntry | null = null;
  #parts: ReadonlyMap<string, Part> = new Map();

  constructor(disk: SqlDisk) {
    this.#disk = disk;
    this.#ledger = new BackfillLedger(disk);
  }

  /** Finds the one that an earlier life has begun. `tableOf` gives a table as its target has it. */
  restore(tableOf: (start: BackfillStart) => ReadonlyMap<string, NormalizedTable>): void {
    this.#take(this.#ledger.read(), tableOf);
  }

  state(countOf: (table: string) => number): BackfillState | null {
    if (this.#entry === null) return null;
    const { deployment, target, tables } = this.#entry;
    let [done, total] = [0, 0];
    for (const { table, lying } of this.#parts.values()) {
      total += countOf(table.from);
      done += lying;
    }
    return { deployment, target, tables, done, total };
  }

  /** In a transaction of its own. */
  begin(start: BackfillStart, parts: readonly { readonly from: string; readonly next: NormalizedTable }[], version: number): void {
    const entry = {
      ...start,
      parts: parts.map(({ from, next: { name, number } }) => ({ number, from, name, home: `${name}~${version}`, stagedTo: nowhere })),
    };
    this.#disk.transaction(() => {
      this.end();
      this.#ledger.begin(entry);
      for (const [at, { next }] of parts.entries()) {
        const table = entry.parts[at];
        if (table === undefined) continue;
        const aside = asideOf(this.#disk, table, next);
        createTable(this.#disk, aside);
        aside.sides.takeOver(null);
      }
    });
    this.#take(entry, () => new Map(parts.map(({ next }) => [next.name, next])));
  }

  /** @param asOf the newest version */
  takeBatch(most: number, asOf: number, tableOf: (name: string) => EmbeddedTable | undefined): BackfillBatch | null {
    for (const part of this.#parts.values()) {
      const source = tableOf(part.table.from);
      const rows = source === undefined ? [] : source.after(part.table.stagedTo, most);
      const upTo = rows.at(-1)?._creationTime;
      if (upTo === undefined) continue;
      part.takenTo = Math.max(part.takenTo, upTo * 4096);
      return { table: part.table.name, asOf, upTo: upTo * 4096, documents: rows };
    }
    for (const { table } of this.#parts.values()) {
      const ids = this.#disk.read(`SELECT id FROM ${dirtyTable} WHERE number = ? LIMIT ?`, table.number, most);
      if (ids.length === 0) continue;
      const documents = ids.flatMap(([id]) => tableOf(table.from)?.get(String(id)) ?? this.#forgetGone(table, String(id)));
      return { table: table.name, asOf, upTo: null, documents };
    }
    return null;
  }

  layAside({ table: name, asOf, upTo, documents }: BackfillBatch, tableOf: (name: string) => EmbeddedTable | undefined): void {
    const part = this.#parts.get(name);
    const source = part === undefined ? undefined : tableOf(part.table.from);
    if (part === undefined || source === undefined) return;
    const isAgain = upTo === null || upTo <= part.table.stagedTo;
    const writes: DocumentWrite[] = [];
    this.#disk.transaction(() => {
      for (const after of documents) {
        if (this.#dirtySince(part.table, after._id) > asOf || (isAgain && part.aside.get(after._id) !== null)) continue;
        part.aside.insert(after, source.updatedTime(after));
        writes.push({ table: name, id: after._id, before: null, after });
        this.#disk.write(`DELETE FROM ${dirtyTable} WHERE number = ? AND id = ?`, part.table.number, after._id);
      }
      part.aside.sides.apply(writes);
      if (!isAgain)
        this.#ledger.move([...this.#parts.values()].map(({ table }) => (table.name === name ? { ...table, stagedTo: upTo } : table)));
    });
    part.lying += writes.length;
    if (!isAgain) part.table = { ...part.table, stagedTo: upTo };
  }

  /**
   * In a commit's transaction: what lies aside for documents that it writes is not true any more. What it returns is called
   * when the commit has succeeded.
   */
  follow(writes: readonly DocumentWrite[], version: number): (() => void) | null {
    if (this.#entry === null) return null;
    const gone: Part[] = [];
    const bySource = new Map([...this.#parts.values()].map((part) => [part.table.from, part]));
    for (const { table, id, before, after } of writes) {
      const part = bySource.get(table);
      const place = ((before ?? after)?._creationTime ?? 0) * 4096;
      if (part === undefined || place > part.takenTo) continue;
      const lying = part.aside.get(id);
      if (lying !== null) {
        part.aside.delete(lying);
        gone.push(part);
        part.aside.sides.apply([{ table, id, before: lying, after: null }]);
      }
      this.#disk.write(`INSERT OR REPLACE INTO ${dirtyTable} (number, id, version) VALUES (?, ?, ?)`, part.table.number, id, version);
    }
    return () => {
      for (const part of gone) part.lying--;
    };
  }

  /**
   * Tables that are ready but for a few documents, which `rest` changes and lays aside: by the names that they will have. In a
   * migration's transaction. Empty for a migration that this is not for.
   */
  finish(
    { deployment, schema }: Migration,
    tableOf: (name: string) => EmbeddedTable | undefined,
    countOf: (table: string) => number,
    rest: (table: string, document: StoredDocument) => StoredDocument | null,
  ): ReadonlyMap<string, EmbeddedTable> {
    const ready = new Map<string, EmbeddedTable>();
    if (this.#entry === null || this.#entry.deployment !== deployment || !isSameJson(this.#entry.target.schema, schema)) return ready;
    for (const { table, aside } of this.#parts.values()) {
      const source = tableOf(table.from);
      if (source === undefined) continue;
      const dirty = this.#disk.read(`SELECT id FROM ${dirtyTable} WHERE number = ?`, table.number).map(([id]) => source.get(String(id)));
      let bad = 0;
      const add = (document: StoredDocument): void => {
        const updated = source.updatedTime(document);
        const after = rest(table.name, document);
        if (after === null) {
          bad++;
          return;
        }
        aside.insert(after, updated);
        aside.sides.apply([{ table: table.name, id: after._id, before: null, after }]);
      };
      for (const document of dirty) if (document !== null) add(document);
      for (let place = table.stagedTo; ; ) {
        const documents = source.after(place, 32);
        for (const document of documents) {
          place = document._creationTime * 4096;
          add(document);
        }
        if (documents.length < 32) break;
      }
      // Were anything missing, the table is written anew as if nothing had been prepared.
      if (countRows(this.#disk, aside.place.sqlName) + bad === countOf(table.from)) ready.set(table.name, aside);
    }
    return ready;
  }

  /** Drops what lies aside, but for tables that have found their place. In the caller's transaction; `forget` afterwards. */
  end(placed: ReadonlySet<string> = new Set()): void {
    const entry = this.#ledger.read();
    if (entry === null) return;
    for (const { table, aside } of this.#parts.values()) {
      if (placed.has(table.name)) continue;
      aside.sides.drop();
      this.#disk.write(`DROP TABLE ${quote(aside.place.sqlName)}`);
    }
    this.#ledger.end();
  }

  /** What `end` has done on disk. */
  forget(): void {
    this.#take(null, () => new Map());
  }

  #take(entry: BackfillEntry | null, tableOf: (start: BackfillStart) => ReadonlyMap<string, NormalizedTable>): void {
    this.#entry = entry;
    if (entry === null) {
      this.#parts = new Map();
      return;
    }
    const next = tableOf(entry);
    this.#parts = new Map(
      entry.parts.flatMap((table) => {
        const shape = next.get(table.name);
        return shape === undefined ? [] : [[table.name, this.#partOf(table, shape)] as const];
      }),
    );
  }

  #partOf(table: BackfillTable, shape: NormalizedTable): Part {
    const aside = asideOf(this.#disk, table, shape);
    return { table, aside, takenTo: table.stagedTo, lying: countRows(this.#disk, aside.place.sqlName) };
  }

  #dirtySince({ number }: BackfillTable, id: string): number {
    const [row] = this.#disk.read(`SELECT version FROM ${dirtyTable} WHERE number = ? AND id = ?`, number, id);
    return row === undefined ? nowhere : Number(row[0]);
  }

  /** Deleted since it was changed: there is nothing to do for it. */
  #forgetGone({ number }: BackfillTable, id: string): [] {
    this.#disk.write(`DELETE FROM ${dirtyTable} WHERE number = ? AND id = ?`, number, id);
    return [];
  }
}

function asideOf(disk: SqlDisk, { number, home }: BackfillTable, next: NormalizedTable): EmbeddedTable {
  return new EmbeddedTable(disk, next, { sqlName: `_bb_next.${number}`, home });
}
