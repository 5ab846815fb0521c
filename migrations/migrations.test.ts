import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { getTableConfig } from 'drizzle-orm/sqlite-core';
import { expect, test } from 'vitest';
import * as schema from './schema.ts';

const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.sql'))
  .sort();

function apply(database: DatabaseSync, names: readonly string[]): void {
  for (const name of names) database.exec(readFileSync(join(import.meta.dirname, name), 'utf8'));
}

test('the migrations make the tables that the schema describes, and no others', () => {
  const database = new DatabaseSync(':memory:');
  apply(database, files);

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

test('who answers for a key that was made before is whoever made it, or made the key that made it', () => {
  const database = new DatabaseSync(':memory:');
  const at = files.indexOf('0007_people_proofs.sql');
  apply(database, files.slice(0, at));
  for (const [id, by] of [
    ['of-root', 'root'],
    ['of-ann', 'ann'],
    ['of-that', 'of-ann'],
    ['of-that-again', 'of-that'],
    ['of-roots', 'of-root'],
  ] as const)
    database
      .prepare("INSERT INTO api_keys (id, kind, name, digest, prefix, created_by, created_at) VALUES (?, 'live', ?, ?, '', ?, 0)")
      .run(id, id, id, by);
  apply(database, files.slice(at));

  expect(
    database
      .prepare('SELECT id, admin_id FROM api_keys ORDER BY id')
      .all()
      .map(({ id, admin_id }) => [id, admin_id]),
  ).toEqual([
    ['of-ann', 'ann'],
    ['of-root', null],
    ['of-roots', null],
    ['of-that', 'ann'],
    ['of-that-again', 'ann'],
  ]);
});
