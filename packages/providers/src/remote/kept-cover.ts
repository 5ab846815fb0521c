import { KeptRows } from '../embedded/kept-rows.ts';
import type { SqlDisk } from '../embedded/sql-disk.ts';

const coveredTable = 'CREATE TABLE IF NOT EXISTS _bb_kept_at (only INTEGER PRIMARY KEY CHECK (only = 1), version INTEGER NOT NULL)';

/**
 * Live queries that are kept in a database of our own, while the documents are elsewhere.
 *
 * The two share no transaction, so the version that what is kept stands for is kept, too. Is the newest another one when the
 * store is opened, then somebody else has committed, or this process ended between the two: everything is stale.
 *
 * Always true: if the version kept here is the newest, what is kept and not stale is right as of it.
 */
export class KeptCover {
  readonly rows: KeptRows;
  readonly #disk: SqlDisk;
  #version = -1;
  /** False: nothing is kept, and its version does not matter. */
  #isNeeded = false;

  constructor(disk: SqlDisk) {
    this.#disk = disk;
    this.rows = new KeptRows(disk, () => {
      this.#isNeeded = true;
      this.#note();
    });
  }

  open(version: number): void {
    this.rows.open();
    this.#disk.write(coveredTable);
    this.#version = version;
    this.#isNeeded = this.rows.isAny();
    const [covered] = this.#disk.read('SELECT version FROM _bb_kept_at');
    if (Number(covered?.[0]) !== version) this.doubted(version);
  }

  /** The newest version is this one now, and has made these stale. */
  committed(version: number, stale: readonly number[]): void {
    this.#move(version, () => {
      if (stale.length > 0) this.rows.mark(stale);
    });
  }

  /** The newest version is this one now, and nobody knows what it has made stale. */
  doubted(version: number): void {
    this.#move(version, () => this.rows.markAll());
  }

  /** The newest version is this one now, and nothing is kept any more. */
  cleared(version: number): void {
    this.#move(version, () => this.rows.clear());
    this.#isNeeded = false;
  }

  #move(version: number, work: () => void): void {
    this.#version = version;
    if (!this.#isNeeded) return;
    this.#disk.transaction(() => {
      work();
      this.#note();
    });
  }

  #note(): void {
    this.#disk.write('INSERT OR REPLACE INTO _bb_kept_at (only, version) VALUES (1, ?)', this.#version);
  }
}
