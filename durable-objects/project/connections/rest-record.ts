import type { SqlDisk } from '../sql-disk.ts';

/** How things were left. */
export interface Rest {
  /** Nothing was under way, every socket knew where it stands, and all that was watched was on disk. */
  readonly isCalm: boolean;
  /** Connections that were open then. */
  readonly connections: number;
  /** Queries were numbered up to here. */
  readonly lastQuery: number;
}

/**
 * On disk: whether waking may trust what it finds.
 *
 * Always true: it says so only while that is so; whoever disturbs the peace says it here before the world can see it. No
 * number above `lastQuery` has ever gone to disk.
 */
export class RestRecord {
  readonly #disk: SqlDisk;
  #isOpen = false;
  /** What is on disk, as far as we know. */
  #known: Rest = { isCalm: false, connections: 0, lastQuery: 0 };

  constructor(disk: SqlDisk) {
    this.#disk = disk;
  }

  /** Prepares the table. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#disk.rows(
      'CREATE TABLE IF NOT EXISTS rest (only INTEGER PRIMARY KEY CHECK (only = 1), calm INTEGER NOT NULL, connections INTEGER NOT NULL, last_query INTEGER NOT NULL)',
    );
    const [row] = this.#disk.rows('SELECT calm, connections, last_query FROM rest');
    if (row !== undefined) this.#known = { isCalm: row[0] === 1, connections: Number(row[1]), lastQuery: Number(row[2]) };
  }

  get rest(): Rest {
    return this.#known;
  }

  calm(connections: number): void {
    if (!this.#known.isCalm || this.#known.connections !== connections) this.#write({ ...this.#known, isCalm: true, connections });
  }

  disturbed(): void {
    if (this.#known.isCalm) this.#write({ ...this.#known, isCalm: false });
  }

  numbered(lastQuery: number): void {
    if (lastQuery > this.#known.lastQuery) this.#write({ ...this.#known, lastQuery });
  }

  #write(rest: Rest): void {
    this.open();
    const { isCalm, connections, lastQuery } = rest;
    this.#disk.rows(
      'INSERT OR REPLACE INTO rest (only, calm, connections, last_query) VALUES (1, ?, ?, ?)',
      isCalm ? 1 : 0,
      connections,
      lastQuery,
    );
    this.#known = rest;
  }
}
