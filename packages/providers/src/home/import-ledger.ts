/** Which imports are under way, on disk. */
import { importLife, type ImportedTable, type ImportPlan } from '@betterbase/engine';
import type { SqlDisk } from '../disk/sql-disk.ts';

export interface ImportEntry {
  readonly id: string;
  readonly number: number;
  readonly deployment: string;
  readonly plan: ImportPlan;
  /** How many lines of each table are in. */
  readonly lines: { readonly [table: string]: number };
  readonly tables: readonly ImportedTable[];
  readonly isFinished: boolean;
}

const list = '_bb_imports';

export class ImportLedger {
  readonly #disk: SqlDisk;
  #exists = false;

  constructor(disk: SqlDisk) {
    this.#disk = disk;
  }

  find(id: string): ImportEntry | null {
    if (!this.#isThere()) return null;
    return this.#read('id = ?', id)[0] ?? null;
  }

  /** Those that nobody has gone on with for long. */
  forgotten(now: number): readonly ImportEntry[] {
    return this.#isThere() ? this.#read('used_at < ?', now - importLife) : [];
  }

  /** @param above numbers that were given before. */
  add(id: string, deployment: string, plan: ImportPlan, now: number, above: number): ImportEntry {
    if (!this.#isThere()) {
      this.#disk.write(
        `CREATE TABLE ${list} (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, deployment TEXT NOT NULL, used_at REAL NOT NULL, state TEXT NOT NULL)`,
      );
    }
    const number = 1 + Math.max(above, Number(this.#disk.read(`SELECT COALESCE(MAX(number), 0) FROM ${list}`)[0]?.[0]));
    const lines = Object.fromEntries(plan.tables.map(({ table }) => [table, 0]));
    const entry = { id, number, deployment, plan, lines, tables: [], isFinished: false };
    this.#disk.write(
      `INSERT INTO ${list} (number, id, deployment, used_at, state) VALUES (?, ?, ?, ?, ?)`,
      number,
      id,
      deployment,
      now,
      stateText(entry),
    );
    return entry;
  }

  change(entry: ImportEntry, now: number): void {
    this.#disk.write(`UPDATE ${list} SET used_at = ?, state = ? WHERE number = ?`, now, stateText(entry), entry.number);
  }

  remove({ number }: ImportEntry): void {
    this.#disk.write(`DELETE FROM ${list} WHERE number = ?`, number);
  }

  #isThere(): boolean {
    this.#exists ||= this.#disk.read('SELECT 1 FROM sqlite_master WHERE name = ?', list).length > 0;
    return this.#exists;
  }

  #read(where: string, value: string | number): ImportEntry[] {
    const rows = this.#disk.read(`SELECT id, number, deployment, state FROM ${list} WHERE ${where}`, value);
    return rows.map(([id, number, deployment, state]) => {
      // Written by `stateText` alone.
      const told = JSON.parse(String(state)) as Pick<ImportEntry, 'plan' | 'lines' | 'tables' | 'isFinished'>;
      return { id: String(id), number: Number(number), deployment: String(deployment), ...told };
    });
  }
}

function stateText({ plan, lines, tables, isFinished }: ImportEntry): string {
  return JSON.stringify({ plan, lines, tables, isFinished });
}
