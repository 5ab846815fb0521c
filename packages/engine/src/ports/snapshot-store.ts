import type { StoredDocument } from './document-store.ts';

export interface SnapshotRead {
  readonly snapshot: string;
  readonly table: string;
  /** Documents created after this; null: from the first. */
  readonly after: number | null;
}

/** A few documents: as many as may be held at once whatever their size, at times none. */
export interface SnapshotPage {
  /** In order of creation. */
  readonly documents: readonly StoredDocument[];
  /** Where to go on, as `after`; null: these are the last. */
  readonly next: number | null;
}

/** Versions that can still be read while commits go on. */
export interface SnapshotStore {
  /**
   * Keeps the newest version readable under a name until it is closed. One that nobody reads for `snapshotLife` is closed by
   * a commit or by the next that is opened; a migration and a finished import close all. Opening a name again begins anew.
   *
   * @returns how many documents each table has.
   */
  open(name: string, now: number): Promise<ReadonlyMap<string, number>>;

  /** The documents of a table as they were; null if there is no such snapshot (any more). */
  read(read: SnapshotRead, now: number): Promise<SnapshotPage | null>;

  /** Forgets it. One that is not there is no mistake. */
  close(name: string): Promise<void>;
}

/** How long a snapshot is kept that nobody reads, ms. */
export const snapshotLife = 15 * 60_000;
