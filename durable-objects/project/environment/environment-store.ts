import { number, type SqlDisk, text } from '../sql-disk.ts';

export interface StoredValue {
  readonly name: string;
  /** As the cipher sealed it. */
  readonly sealed: string;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
}

export interface ValueChange {
  readonly set: readonly StoredValue[];
  readonly unset: readonly string[];
}

/**
 * A project's environment values, on disk.
 *
 * Always true: the revision grows with every change.
 */
export class EnvironmentStore {
  readonly #disk: SqlDisk;

  constructor(disk: SqlDisk) {
    this.#disk = disk;
  }

  exists(): boolean {
    return this.#disk.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'environment'").length > 0;
  }

  /** Prepares the tables. */
  open(): void {
    this.#disk.rows(
      'CREATE TABLE IF NOT EXISTS environment (name TEXT PRIMARY KEY, sealed TEXT NOT NULL, updated_at INTEGER NOT NULL) WITHOUT ROWID',
    );
    this.#disk.rows(
      'CREATE TABLE IF NOT EXISTS environment_revision (only INTEGER PRIMARY KEY CHECK (only = 1), revision INTEGER NOT NULL)',
    );
    this.#disk.rows('INSERT OR IGNORE INTO environment_revision (only, revision) VALUES (1, 0)');
  }

  revision(): number {
    return number(this.#disk.rows('SELECT revision FROM environment_revision')[0]?.[0]);
  }

  /** Sorted by name. */
  all(): readonly StoredValue[] {
    const rows = this.#disk.rows('SELECT name, sealed, updated_at FROM environment ORDER BY name');
    return rows.map(([name, sealed, updatedAt]) => ({ name: text(name), sealed: text(sealed), updatedAt: number(updatedAt) }));
  }

  change({ set, unset }: ValueChange): void {
    this.#disk.transaction(() => {
      for (const name of unset) this.#disk.rows('DELETE FROM environment WHERE name = ?', name);
      for (const { name, sealed, updatedAt } of set)
        this.#disk.rows('INSERT OR REPLACE INTO environment (name, sealed, updated_at) VALUES (?, ?, ?)', name, sealed, updatedAt);
      this.#disk.rows('UPDATE environment_revision SET revision = revision + 1');
    });
  }
}
