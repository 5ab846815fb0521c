import { keyFromBytes, keyToBytes } from '@betterbase/engine';
import { sideName } from '../sql/identifier.ts';
import type { SqlDisk, SqlRow } from '../disk/sql-disk.ts';

/** A run of documents in an index: from one key on, up to the first of the next run. */
export interface Run {
  readonly first: string;
  /** The values of that key, as of `encodeBoundary`. */
  readonly boundary: string;
  readonly count: number;
}

/** The run that begins below every key. */
export function lowestRun(count: number): Run {
  return { first: '', boundary: '', count };
}

/**
 * The runs of one counted index on disk, level by level from 1 on.
 *
 * Does not hold: which documents begin a run.
 */
export class CountRuns {
  readonly #disk: SqlDisk;
  readonly #name: string;

  constructor(disk: SqlDisk, home: string, index: string) {
    this.#disk = disk;
    this.#name = sideName('count', home, index);
  }

  create(): void {
    this.#disk.write(
      `CREATE TABLE ${this.#name} (level INTEGER, first BLOB, boundary TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (level, first)) WITHOUT ROWID`,
    );
  }

  drop(): void {
    this.#disk.write(`DROP TABLE ${this.#name}`);
  }

  levels(): number {
    return Number(this.#disk.read(`SELECT max(level) FROM ${this.#name}`)[0]?.[0]);
  }

  insert(level: number, { first, boundary, count }: Run): number {
    return this.#disk.write(
      `INSERT INTO ${this.#name} (level, first, boundary, count) VALUES (?, ?, ?, ?)`,
      level,
      keyToBytes(first).buffer,
      boundary,
      count,
    );
  }

  /** Changes the count of the run that holds the key, on each of the levels. */
  change(from: number, to: number, key: string, by: number): number {
    let rows = 0;
    for (let level = from; level <= to; level++) rows += this.#add(level, key, '<=', by);
    return rows;
  }

  /** Takes the end of a run for a new one, whose first document is counted already in the new run alone. */
  cut(level: number, run: Run): number {
    return this.#add(level, run.first, '<', 1 - run.count) + this.insert(level, run);
  }

  /** Gives a run to the one before it, without its first document. */
  join(level: number, first: string): number {
    const bytes = keyToBytes(first).buffer;
    const [row] = this.#disk.read(`SELECT count FROM ${this.#name} WHERE level = ? AND first = ?`, level, bytes);
    const rows = this.#disk.write(`DELETE FROM ${this.#name} WHERE level = ? AND first = ?`, level, bytes);
    return rows + this.#add(level, first, '<', Number(row?.[0]) - 1);
  }

  /** The first run that begins at the key or above it. */
  firstFrom(level: number, key: string): Run | null {
    return this.#find(level, key, '>=', 'ASC');
  }

  firstAbove(level: number, key: string): Run | null {
    return this.#find(level, key, '>', 'ASC');
  }

  /** The last run that begins at the key or below it. */
  lastUpTo(level: number, key: string): Run | null {
    return this.#find(level, key, '<=', 'DESC');
  }

  /** The documents in the runs that begin from one key on and below another, or up to the end. */
  sum(level: number, from: string, to: string | null): number {
    const below = to === null ? '' : ' AND first < ?';
    const params = to === null ? [] : [keyToBytes(to).buffer];
    const [row] = this.#disk.read(
      `SELECT total(count) FROM ${this.#name} WHERE level = ? AND first >= ?${below}`,
      level,
      keyToBytes(from).buffer,
      ...params,
    );
    return Number(row?.[0]);
  }

  #add(level: number, key: string, relation: '<' | '<=', by: number): number {
    const holder = `SELECT first FROM ${this.#name} WHERE level = ?2 AND first ${relation} ?3 ORDER BY first DESC LIMIT 1`;
    return this.#disk.write(
      `UPDATE ${this.#name} SET count = count + ?1 WHERE level = ?2 AND first = (${holder})`,
      by,
      level,
      keyToBytes(key).buffer,
    );
  }

  #find(level: number, key: string, relation: '>=' | '>' | '<=', order: 'ASC' | 'DESC'): Run | null {
    const text = `SELECT first, boundary, count FROM ${this.#name} WHERE level = ? AND first ${relation} ? ORDER BY first ${order} LIMIT 1`;
    const [row] = this.#disk.read(text, level, keyToBytes(key).buffer);
    return row === undefined ? null : toRun(row);
  }
}

function toRun([first, boundary, count]: SqlRow): Run {
  return {
    first: first instanceof ArrayBuffer ? keyFromBytes(new Uint8Array(first)) : '',
    boundary: String(boundary),
    count: Number(count),
  };
}
