import { KeptRows } from '../home/kept-rows.ts';
import { Snapshots, type SnapshotsParts } from '../home/snapshots.ts';
import { HomeBackfill } from './backfill/home-backfill.ts';
import type { CommitBatch } from '@betterbase/engine';

const coveredTable = 'CREATE TABLE IF NOT EXISTS _bb_kept_at (only INTEGER PRIMARY KEY CHECK (only = 1), version INTEGER NOT NULL)';

/**
 * What is kept about documents that are elsewhere, in a database of our own: live queries, what documents were when a
 * snapshot was taken, and how far tables are that are written anew.
 *
 * The two databases share no transaction, so the version that this stands for is kept, too. Is the newest another one when the
 * store is opened, then somebody else has committed, or this process ended between the two: all queries are stale, and no
 * snapshot can be told any more, nor a back-fill gone on with.
 *
 * Always true: if the version kept here is the newest, all that is here is right as of it.
 */
export class AtHome {
  readonly kept: KeptRows;
  readonly snapshots: Snapshots;
  readonly backfill: HomeBackfill;
  readonly #disk: SnapshotsParts['disk'];
  #version = -1;
  /** False: there is nothing here, and its version does not matter. */
  #isNeeded = false;

  constructor(parts: Omit<SnapshotsParts, 'onOpen'>) {
    this.#disk = parts.disk;
    this.kept = new KeptRows(parts.disk, () => this.needed());
    this.snapshots = new Snapshots({ ...parts, onOpen: () => this.needed() });
    this.backfill = new HomeBackfill(parts.disk);
  }

  /** Something is kept from here on: in the transaction in which it is. */
  needed(): void {
    this.#isNeeded = true;
    this.#note();
  }

  open(version: number): void {
    this.kept.open();
    this.snapshots.restore();
    this.backfill.restore();
    this.#disk.write(coveredTable);
    this.#version = version;
    this.#isNeeded = this.kept.isAny() || this.snapshots.isAny || this.backfill.entry !== null;
    const [covered] = this.#disk.read('SELECT version FROM _bb_kept_at');
    if (Number(covered?.[0]) !== version) this.doubted(version);
  }

  /** A commit has succeeded. */
  committed(batch: Pick<CommitBatch, 'version' | 'writes' | 'now' | 'stale'>): void {
    this.#move(batch.version, () => {
      if (batch.stale !== undefined) this.kept.mark(batch.stale);
      this.snapshots.keep(batch);
      this.backfill.follow(batch.writes, batch.version);
    });
    this.snapshots.expire(batch.now);
  }

  /** The newest version is this one now, and nobody knows what it has changed. */
  doubted(version: number): void {
    this.#move(version, () => {
      this.kept.markAll();
      this.snapshots.closeAll();
      this.backfill.end();
    });
    this.snapshots.restore();
  }

  /** The newest version is this one now, and nothing is kept any more. */
  cleared(version: number): void {
    this.#move(version, () => {
      this.kept.clear();
      this.snapshots.closeAll();
      this.backfill.end();
    });
    this.snapshots.restore();
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
