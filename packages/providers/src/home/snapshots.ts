/**
 * Versions that can still be read while commits go on: whatever a commit changes first, it keeps as it was.
 *
 * Holds: which snapshots there are, and when each was last read.
 * Does not hold: documents. What a place of a table held is a row of the snapshot's own SQL table, NULL if it was empty;
 * places that no commit has touched are read from the table itself.
 */
import { decodeFromJson, encodeToJson } from '@betterbase/core';
import {
  type CommitBatch,
  type DocumentWrite,
  type SnapshotPage,
  type SnapshotRead,
  type SnapshotStore,
  snapshotLife,
  type StoredDocument,
} from '@betterbase/engine';
import { quote } from '../sql/identifier.ts';
import type { PageBounds } from '../sql/page-text.ts';
import { placeOf } from '../sql/sql-table.ts';
import type { Standing } from '../sql/standing.ts';
import type { SqlDisk, SqlValue } from '../disk/sql-disk.ts';

interface Snapshot {
  readonly name: string;
  readonly number: number;
  /** No document that it has was created later, so newer ones need no row. As a place. */
  readonly lastPlace: number;
  usedAt: number;
}

const list = '_bb_snapshots';
/** Rows may have 2 MB each: what is held at once must stay small. */
const chunk = 32;
/** How often a reader's sign of life is written down, ms. */
const usedEvery = 60_000;

export interface SnapshotsParts {
  /** Where what commits take away is kept. */
  readonly disk: SqlDisk;
  readonly standing: Pick<Standing<unknown>, 'now'>;
  /** The rows of a table as they are. */
  readonly page: (table: string, bounds: PageBounds) => Promise<DocumentPage>;
  /** Called in the transaction in which one is opened. */
  readonly onOpen?: () => void;
}

export interface DocumentPage {
  /** In order of creation. */
  readonly documents: readonly StoredDocument[];
  /** Whether there are none behind these. */
  readonly isLast: boolean;
}

export class Snapshots implements SnapshotStore {
  readonly #disk: SqlDisk;
  readonly #parts: SnapshotsParts;
  #open: readonly Snapshot[] = [];

  constructor(parts: SnapshotsParts) {
    this.#disk = parts.disk;
    this.#parts = parts;
  }

  get isAny(): boolean {
    return this.#open.length > 0;
  }

  /** Finds those that an earlier life has opened. */
  restore(): void {
    this.#open = [];
    if (this.#disk.read('SELECT 1 FROM sqlite_master WHERE name = ?', list).length === 0) return;
    const rows = this.#disk.read(`SELECT name, number, last_place, used_at FROM ${list} ORDER BY number`);
    this.#open = rows.map(([name, number, lastPlace, usedAt]) => ({
      name: String(name),
      number: Number(number),
      lastPlace: Number(lastPlace),
      usedAt: Number(usedAt),
    }));
  }

  async open(name: string, now: number): Promise<ReadonlyMap<string, number>> {
    const { state, counts } = this.#parts.standing.now;
    const lastPlace = Math.ceil(state.time * 4096);
    const number = 1 + Math.max(0, ...this.#open.map((each) => each.number));
    const old = this.#open.filter((each) => each.name === name || isForgotten(each, now));
    this.#disk.transaction(() => {
      this.#parts.onOpen?.();
      this.#disk.write(
        `CREATE TABLE IF NOT EXISTS ${list} (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, last_place INTEGER NOT NULL, used_at REAL NOT NULL)`,
      );
      this.#drop(old);
      this.#disk.write(`INSERT INTO ${list} (number, name, last_place, used_at) VALUES (?, ?, ?, ?)`, number, name, lastPlace, now);
      this.#disk.write(
        `CREATE TABLE ${rowsOf(number)} (table_number INTEGER, place INTEGER, document TEXT, PRIMARY KEY (table_number, place)) WITHOUT ROWID`,
      );
    });
    this.#open = [...this.#open.filter((each) => !old.includes(each)), { name, number, lastPlace, usedAt: now }];
    return new Map(state.schema.tables.filter(({ active }) => active).map((table) => [table.name, counts.of(table.name)]));
  }

  async close(name: string): Promise<void> {
    this.#forget(this.#open.filter((each) => each.name === name));
  }

  /** In the caller's transaction; `restore` afterwards, if it succeeded. */
  closeAll(): void {
    this.#drop(this.#open);
  }

  /** In a commit's transaction, before or after its writes: keeps what they take away. */
  keep({ writes, now }: Pick<CommitBatch, 'writes' | 'now'>): number {
    if (this.#open.length === 0) return 0;
    const numbers = new Map(this.#parts.standing.now.state.schema.tables.map(({ name, number }) => [name, number]));
    let rows = 0;
    for (const snapshot of this.#open) {
      if (isForgotten(snapshot, now)) continue;
      const text = `INSERT OR IGNORE INTO ${rowsOf(snapshot.number)} (table_number, place, document) VALUES (?, ?, ?)`;
      for (const write of writes) {
        for (const { place, document } of placesOf(write)) {
          if (place > snapshot.lastPlace) continue;
          rows += this.#disk.write(text, numbers.get(write.table) ?? 0, place, document === null ? null : encodeToJson(document));
        }
      }
    }
    return rows;
  }

  /** After a commit: forgets what nobody has read for long. */
  expire(now: number): void {
    if (this.#open.length > 0) this.#forget(this.#open.filter((each) => isForgotten(each, now)));
  }

  async read({ snapshot: name, table, after }: SnapshotRead, now: number): Promise<SnapshotPage | null> {
    const snapshot = this.#open.find((each) => each.name === name);
    if (snapshot === undefined || isForgotten(snapshot, now)) return null;
    this.#used(snapshot, now);
    const { lastPlace } = snapshot;
    const behind = after === null ? Number.MIN_SAFE_INTEGER : after * 4096;
    const page = await this.#parts.page(table, { behind, upTo: lastPlace });
    const kept = this.#disk.read(
      `SELECT place, document FROM ${rowsOf(snapshot.number)} WHERE table_number = ? AND place > ? AND place <= ? ORDER BY place LIMIT ${chunk}`,
      this.#parts.standing.now.state.schema.tables.find((each) => each.name === table)?.number ?? 0,
      behind,
      lastPlace,
    );
    const last = page.documents.at(-1);
    const until = Math.min(
      page.isLast || last === undefined ? lastPlace : placeOf(last),
      kept.length < chunk ? lastPlace : Number(kept.at(-1)?.[0]),
    );
    const found = new Map<number, StoredDocument | null>();
    for (const document of page.documents) if (placeOf(document) <= until) found.set(placeOf(document), document);
    for (const [place, text] of kept) if (Number(place) <= until) found.set(Number(place), decodeKept(text));
    const documents: StoredDocument[] = [];
    for (const [, document] of [...found].sort(([one], [other]) => one - other)) if (document !== null) documents.push(document);
    return { documents, next: until >= lastPlace ? null : until / 4096 };
  }

  #used(snapshot: Snapshot, now: number): void {
    if (now - snapshot.usedAt < usedEvery) return;
    snapshot.usedAt = now;
    this.#disk.write(`UPDATE ${list} SET used_at = ? WHERE number = ?`, now, snapshot.number);
  }

  #forget(snapshots: readonly Snapshot[]): void {
    if (snapshots.length === 0) return;
    this.#disk.transaction(() => this.#drop(snapshots));
    this.#open = this.#open.filter((each) => !snapshots.includes(each));
  }

  #drop(snapshots: readonly Snapshot[]): void {
    for (const { number } of snapshots) {
      this.#disk.write(`DROP TABLE ${rowsOf(number)}`);
      this.#disk.write(`DELETE FROM ${list} WHERE number = ?`, number);
    }
  }
}

function rowsOf(number: number): string {
  return quote(`_bb_snapshot.${number}`);
}

function isForgotten({ usedAt }: Snapshot, now: number): boolean {
  return now - usedAt > snapshotLife;
}

interface Place {
  readonly place: number;
  readonly document: StoredDocument | null;
}

/** What a write's places held before it. */
function placesOf({ before, after }: DocumentWrite): readonly Place[] {
  const places: Place[] = before === null ? [] : [{ place: before._creationTime * 4096, document: before }];
  if (after !== null && after._creationTime !== before?._creationTime) places.push({ place: after._creationTime * 4096, document: null });
  return places;
}

function decodeKept(text: SqlValue | undefined): StoredDocument | null {
  if (typeof text !== 'string') return null;
  const document: StoredDocument = { _id: '', _creationTime: 0 };
  Object.assign(document, decodeFromJson(text));
  return document;
}
