import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { getTableConfig } from 'drizzle-orm/sqlite-core';
import { expect, test } from 'vitest';
import * as schema from './schema.ts';

test('the migrations make the tables that the schema describes, and no others', () => {
  const database = new DatabaseSync(':memory:');
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.sql'));
  for (const file of files.sort()) database.exec(readFileSync(join(import.meta.dirname, file), 'utf8'));

  const described = Object.values(schema).map((table) => {
    const { name, columns } = getTableConfig(table);
    return { name, columns: columns.map((column) => ({ name: column.name, type: column.getSQLType(), notnull: Number(column.notNull) })) };
  });
  const made = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .all()
    .map(({ name }) => ({
      name,
      columns: database.prepare('SELECT name, lower(type) AS type, "notnull" FROM pragma_table_info(?)').all(String(name)),
    }));

  expect(made).toEqual(described.sort((one, other) => one.name.localeCompare(other.name)));
});
