import type { BackfillStart, DocumentWrite } from '@betterbase/engine';
import { type BackfillEntry, BackfillLedger, type BackfillTable, dirtyTable } from '../../home/backfill-ledger.ts';
import type { SqlDisk } from '../../disk/sql-disk.ts';
import { placeOf } from '../../sql/sql-table.ts';

export interface HomePart {
  table: BackfillTable;
  /** Commits to places up to here make their documents dirty. */
  takenTo: number;
  /** Dirty documents for which something may still lie aside. */
  readonly unclean: Set<string>;
}

const nowhere = -1;

/**
 * What is known at home of tables that are written anew elsewhere: how far each has come, and which documents were written
 * after they had been changed.
 */
export class HomeBackfill {
  readonly #disk: SqlDisk;
  readonly #ledger: BackfillLedger;
  #entry: BackfillEntry | null = null;
  #parts: readonly HomePart[] = [];

  constructor(disk: SqlDisk) {
    this.#disk = disk;
    this.#ledger = new BackfillLedger(disk);
  }

  get entry(): BackfillEntry | null {
    return this.#entry;
  }

  get parts(): readonly HomePart[] {
    return this.#parts;
  }

  /** Finds the one that an earlier life has begun. */
  restore(): void {
    this.#entry = this.#ledger.read();
    this.#parts = (this.#entry?.parts ?? []).map((table) => ({
      table,
      takenTo: table.stagedTo,
      unclean: new Set(this.dirty(table, Number.MAX_SAFE_INTEGER)),
    }));
  }

  /** In a transaction of its own. @param also is done in it, too */
  begin(start: BackfillStart, parts: readonly Omit<BackfillTable, 'stagedTo'>[], also: () => void): void {
    this.#disk.transaction(() => {
      if (this.#ledger.read() !== null) this.#ledger.end();
      this.#ledger.begin({ ...start, parts: parts.map((part) => ({ ...part, stagedTo: nowhere })) });
      also();
    });
    this.restore();
  }

  /** In the transaction in which a commit is noted. */
  follow(writes: readonly DocumentWrite[], version: number): void {
    if (this.#entry === null) return;
    const bySource = new Map(this.#parts.map((part) => [part.table.from, part]));
    for (const { table, id, before, after } of writes) {
      const part = bySource.get(table);
      const document = before ?? after;
      if (part === undefined || document === null || placeOf(document) > part.takenTo) continue;
      part.unclean.add(id);
      this.#disk.write(`INSERT OR REPLACE INTO ${dirtyTable} (number, id, version) VALUES (?, ?, ?)`, part.table.number, id, version);
    }
  }

  dirty({ number }: BackfillTable, most: number): readonly string[] {
    return this.#disk.read(`SELECT id FROM ${dirtyTable} WHERE number = ? LIMIT ?`, number, most).map(([id]) => String(id));
  }

  /** The version that made a document dirty; less than any if it is not. */
  dirtySince({ number }: BackfillTable, id: string): number {
    const [row] = this.#disk.read(`SELECT version FROM ${dirtyTable} WHERE number = ? AND id = ?`, number, id);
    return row === undefined ? nowhere : Number(row[0]);
  }

  forgetDirty({ number }: BackfillTable, ids: readonly string[]): void {
    const text = `DELETE FROM ${dirtyTable} WHERE number = ? AND id IN (SELECT value FROM json_each(?))`;
    this.#disk.write(text, number, JSON.stringify(ids));
  }

  /** These lie aside now. @param upTo how far the table has come with them; null: no farther */
  laid(part: HomePart, ids: readonly string[], upTo: number | null): void {
    const table = upTo === null || upTo <= part.table.stagedTo ? part.table : { ...part.table, stagedTo: upTo };
    this.#disk.transaction(() => {
      this.forgetDirty(table, ids);
      if (table !== part.table) this.#ledger.move(this.#parts.map((each) => (each === part ? table : each.table)));
    });
    part.table = table;
  }

  /** Forgets it. In the caller's transaction, or alone. */
  end(): void {
    if (this.#ledger.read() !== null) this.#ledger.end();
    this.#entry = null;
    this.#parts = [];
  }
}
