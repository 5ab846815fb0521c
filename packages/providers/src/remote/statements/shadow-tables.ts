import type { NormalizedSchema } from '@betterbase/engine';
import type { SqlDisk } from '../../disk/sql-disk.ts';
import { quote } from '../../sql/identifier.ts';
import { sqlite } from '../../sql/sqlite-dialect.ts';
import { SqlTable } from '../../sql/sql-table.ts';
import { createIdIndexText, createIndexText, createTableText } from '../../sql/table-texts.ts';

const noted = '_bb_shadow';

/**
 * The app's tables as they are elsewhere, with their columns and indexes and without a row, in a database of our own: that one
 * says what a statement is about to do. SQLite's programs depend on the tables, and not on what is in them.
 *
 * Always true: whatever is written into them is taken back.
 */
export class ShadowTables {
  readonly #disk: SqlDisk;
  #schema: NormalizedSchema | null = null;

  constructor(disk: SqlDisk) {
    this.#disk = disk;
  }

  /** Makes them as this schema has them. Returns whether it is another than before. */
  follow(schema: NormalizedSchema): boolean {
    if (this.#schema === schema) return false;
    const tables = schema.tables.filter(({ name, active }) => active && !name.startsWith('_'));
    const text = JSON.stringify(tables.map(({ name, document, indexes }) => ({ name, document, indexes })));
    this.#disk.transaction(() => {
      this.#disk.write(`CREATE TABLE IF NOT EXISTS ${noted} (only INTEGER PRIMARY KEY CHECK (only = 1), schema TEXT NOT NULL)`);
      const [row] = this.#disk.read(`SELECT schema FROM ${noted}`);
      if (row?.[0] === text) return;
      const old = this.#disk.read(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_*' AND name NOT GLOB 'sqlite_*'",
      );
      for (const [name] of old) this.#disk.write(`DROP TABLE ${quote(String(name))}`);
      for (const table of tables) this.#create(new SqlTable(table, sqlite));
      this.#disk.write(`INSERT OR REPLACE INTO ${noted} (only, schema) VALUES (1, ?)`, text);
    });
    this.#schema = schema;
    return true;
  }

  #create(table: SqlTable): void {
    this.#disk.write(createTableText(table));
    this.#disk.write(createIdIndexText(table));
    for (const index of table.layout.indexes) this.#disk.write(createIndexText(table, index));
  }
}
