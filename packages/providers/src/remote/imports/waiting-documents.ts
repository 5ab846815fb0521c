import type { SqlDisk } from '../../disk/sql-disk.ts';

const waiting = '_bb_import_waiting';
const aside = '_bb_import_aside';

/** A commit that was sent, and of which nobody knows yet what became. */
export interface SentCommit {
  readonly extent: 'part' | 'whole';
  readonly version: number;
  readonly tables: string;
  /** When it was sent, ms. */
  readonly now: number;
}

/**
 * How far imports have come elsewhere: which of the documents that are staged here are not there yet, whether there are
 * tables for them, and the commit that was sent last.
 */
export class WaitingDocuments {
  readonly #disk: SqlDisk;
  #isOpen = false;

  constructor(disk: SqlDisk) {
    this.#disk = disk;
  }

  /** In the caller's transaction. */
  add(number: number, table: string, places: readonly number[]): void {
    this.#open();
    this.#disk.write(
      `INSERT OR IGNORE INTO ${waiting} (number, table_name, place) SELECT ?, ?, value FROM json_each(?)`,
      number,
      table,
      JSON.stringify(places),
    );
  }

  first(number: number, table: string, most: number): readonly number[] {
    this.#open();
    const text = `SELECT place FROM ${waiting} WHERE number = ? AND table_name = ? ORDER BY place LIMIT ?`;
    return this.#disk.read(text, number, table, most).map(([place]) => Number(place));
  }

  remove(number: number, table: string, places: readonly number[]): void {
    this.#disk.write(
      `DELETE FROM ${waiting} WHERE number = ? AND table_name = ? AND place IN (SELECT value FROM json_each(?))`,
      number,
      table,
      JSON.stringify(places),
    );
  }

  hasTables(number: number): boolean {
    this.#open();
    return this.#disk.read(`SELECT 1 FROM ${aside} WHERE number = ?`, number).length > 0;
  }

  madeTables(number: number): void {
    this.#disk.write(`INSERT OR IGNORE INTO ${aside} (number) VALUES (?)`, number);
  }

  sent(number: number): SentCommit | null {
    this.#open();
    const [row] = this.#disk.read(`SELECT sent FROM ${aside} WHERE number = ? AND sent IS NOT NULL`, number);
    // Written by `send` alone.
    return row === undefined ? null : (JSON.parse(String(row[0])) as SentCommit);
  }

  send(number: number, commit: SentCommit | null): void {
    this.#disk.write(`UPDATE ${aside} SET sent = ? WHERE number = ?`, commit === null ? null : JSON.stringify(commit), number);
  }

  /** In the caller's transaction. */
  forget(number: number): void {
    this.#open();
    for (const table of [waiting, aside]) this.#disk.write(`DELETE FROM ${table} WHERE number = ?`, number);
  }

  #open(): void {
    if (this.#isOpen) return;
    this.#disk.write(
      `CREATE TABLE IF NOT EXISTS ${waiting} (number INTEGER, table_name TEXT, place INTEGER, PRIMARY KEY (number, table_name, place)) WITHOUT ROWID`,
    );
    this.#disk.write(`CREATE TABLE IF NOT EXISTS ${aside} (number INTEGER PRIMARY KEY, sent TEXT)`);
    this.#isOpen = true;
  }
}
