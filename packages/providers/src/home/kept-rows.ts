import type { FindableQuery, KeptQuery, KeptQueryStore } from '@betterbase/engine';
import type { SqlDisk, SqlRow } from '../disk/sql-disk.ts';

const tables = [
  `CREATE TABLE IF NOT EXISTS _bb_kept (number INTEGER PRIMARY KEY, text TEXT NOT NULL, points TEXT NOT NULL, stale INTEGER NOT NULL)`,
  `CREATE INDEX IF NOT EXISTS _bb_kept_stale ON _bb_kept (number) WHERE stale = 1`,
  `CREATE TABLE IF NOT EXISTS _bb_kept_points (point INTEGER, number INTEGER, PRIMARY KEY (point, number)) WITHOUT ROWID`,
];

/**
 * Live queries on disk, found by their points.
 *
 * Always true: a query's rows in `_bb_kept_points` are the points in its row.
 */
export class KeptRows implements KeptQueryStore {
  readonly #disk: SqlDisk;
  readonly #onKeep: () => void;

  /** @param onKeep called in the transaction in which queries are kept */
  constructor(disk: SqlDisk, onKeep: () => void = () => {}) {
    this.#disk = disk;
    this.#onKeep = onKeep;
  }

  open(): void {
    for (const table of tables) this.#disk.write(table);
  }

  isAny(): boolean {
    return this.#disk.read('SELECT 1 FROM _bb_kept LIMIT 1').length > 0;
  }

  async has(): Promise<boolean> {
    return this.isAny();
  }

  async keep(queries: readonly FindableQuery[], dropped: readonly number[]): Promise<void> {
    this.#disk.transaction(() => {
      this.#onKeep();
      for (const number of dropped) {
        this.#writePoints(number, '[]');
        this.#disk.write('DELETE FROM _bb_kept WHERE number = ?', number);
      }
      for (const { number, text, points, isStale } of queries) {
        const found = JSON.stringify(points);
        // A query that runs again has mostly read the same.
        this.#writePoints(number, found);
        this.#disk.write(
          'INSERT OR REPLACE INTO _bb_kept (number, text, points, stale) VALUES (?, ?, ?, ?)',
          number,
          text,
          found,
          isStale ? 1 : 0,
        );
      }
    });
  }

  async at(points: readonly number[]): Promise<number[]> {
    const text = 'SELECT DISTINCT k.number FROM json_each(?) AS p CROSS JOIN _bb_kept_points AS k ON k.point = p.value';
    return this.#disk.read(text, JSON.stringify(points)).map(([number]) => Number(number));
  }

  async read(numbers: readonly number[]): Promise<KeptQuery[]> {
    const rows = this.#disk.read(
      'SELECT number, text FROM _bb_kept WHERE number IN (SELECT value FROM json_each(?))',
      JSON.stringify(numbers),
    );
    return rows.map(toKept);
  }

  async after(number: number, most: number): Promise<KeptQuery[]> {
    return this.#disk.read('SELECT number, text FROM _bb_kept WHERE number > ? ORDER BY number LIMIT ?', number, most).map(toKept);
  }

  async stale(): Promise<KeptQuery[]> {
    return this.#disk.read('SELECT number, text FROM _bb_kept WHERE stale = 1 ORDER BY number').map(toKept);
  }

  /** Inside the caller's transaction. */
  mark(numbers: readonly number[]): number {
    return this.#disk.write('UPDATE _bb_kept SET stale = 1 WHERE number IN (SELECT value FROM json_each(?))', JSON.stringify(numbers));
  }

  /** Inside the caller's transaction. */
  markAll(): void {
    this.#disk.write('UPDATE _bb_kept SET stale = 1');
  }

  async among(numbers: readonly number[]): Promise<number[]> {
    const text = 'SELECT number FROM _bb_kept WHERE number IN (SELECT value FROM json_each(?))';
    return this.#disk.read(text, JSON.stringify(numbers)).map(([number]) => Number(number));
  }

  async retain(numbers: readonly number[]): Promise<void> {
    const list = JSON.stringify(numbers);
    this.#disk.transaction(() => {
      for (const table of ['_bb_kept', '_bb_kept_points'])
        this.#disk.write(`DELETE FROM ${table} WHERE number NOT IN (SELECT value FROM json_each(?))`, list);
    });
  }

  /** Inside the caller's transaction. */
  clear(): void {
    this.#disk.write('DELETE FROM _bb_kept');
    this.#disk.write('DELETE FROM _bb_kept_points');
  }

  #writePoints(number: number, points: string): void {
    const [row] = this.#disk.read('SELECT points FROM _bb_kept WHERE number = ?', number);
    const before = row?.[0] ?? '[]';
    if (before === points) return;
    this.#disk.write('DELETE FROM _bb_kept_points WHERE number = ? AND point IN (SELECT value FROM json_each(?))', number, before);
    this.#disk.write('INSERT INTO _bb_kept_points (point, number) SELECT value, ? FROM json_each(?)', number, points);
  }
}

function toKept([number, text]: SqlRow): KeptQuery {
  return { number: Number(number), text: String(text) };
}
