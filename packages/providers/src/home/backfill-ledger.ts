/** The back-fill under way, on disk. */
import type { BackfillStart } from '@betterbase/engine';
import type { SqlDisk } from '../disk/sql-disk.ts';

export interface BackfillTable {
  /** The number that the table's ids carry. */
  readonly number: number;
  /** As it is called now, and as it will be. */
  readonly from: string;
  readonly name: string;
  /** What the names of the new table's indexes begin with. */
  readonly home: string;
  /** Documents up to this place have been looked at. */
  readonly stagedTo: number;
  /** Whether the database elsewhere compares vectors itself. */
  readonly hasVectors?: boolean;
}

export interface BackfillEntry extends BackfillStart {
  readonly parts: readonly BackfillTable[];
}

const list = '_bb_backfill';
/** Documents that were written after they had been changed, and when: what lies aside for them has gone. */
export const dirtyTable = '_bb_backfill_dirty';

/** As of `BackfillLedger.read`, for a database in which nobody ever began one. */
export class BackfillLedger {
  readonly #disk: SqlDisk;

  constructor(disk: SqlDisk) {
    this.#disk = disk;
  }

  read(): BackfillEntry | null {
    if (!this.#exists()) return null;
    const [row] = this.#disk.read(`SELECT deployment, target, parts FROM ${list}`);
    if (row === undefined) return null;
    const [deployment, target, parts] = row;
    // Written by `write` alone.
    const { tables, ...rest } = JSON.parse(String(target)) as Pick<BackfillEntry, 'target' | 'tables'>;
    return { deployment: String(deployment), tables, target: rest.target, parts: JSON.parse(String(parts)) as BackfillEntry['parts'] };
  }

  begin({ deployment, target, tables, parts }: BackfillEntry): void {
    if (!this.#exists()) {
      this.#disk.write(
        `CREATE TABLE ${list} (only INTEGER PRIMARY KEY CHECK (only = 1), deployment TEXT NOT NULL, target TEXT NOT NULL, parts TEXT NOT NULL)`,
      );
      this.#disk.write(
        `CREATE TABLE ${dirtyTable} (number INTEGER NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (number, id)) WITHOUT ROWID`,
      );
    }
    this.#disk.write(
      `INSERT INTO ${list} (only, deployment, target, parts) VALUES (1, ?, ?, ?)`,
      deployment,
      JSON.stringify({ target, tables }),
      JSON.stringify(parts),
    );
  }

  move(parts: readonly BackfillTable[]): void {
    this.#disk.write(`UPDATE ${list} SET parts = ?`, JSON.stringify(parts));
  }

  end(): void {
    this.#disk.write(`DROP TABLE ${list}`);
    this.#disk.write(`DROP TABLE ${dirtyTable}`);
  }

  #exists(): boolean {
    return this.#disk.read('SELECT 1 FROM sqlite_master WHERE name = ?', list).length > 0;
  }
}
