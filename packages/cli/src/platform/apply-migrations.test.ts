import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { applyMigrations } from './apply-migrations.ts';
import { compatibilityDate } from './platform-options.ts';

const databases = ['ONE', 'TWO', 'THREE'];
let miniflare: Miniflare;
let folder: string;
let used = 0;

beforeAll(() => {
  miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: 'export default {}',
      compatibilityDate,
      d1Databases: databases,
    }),
  );
});

afterAll(async () => {
  await miniflare.dispose();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'betterbase-migrations-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function freshDatabase() {
  return miniflare.getD1Database(databases[used++] ?? '');
}

test('the real migrations give an empty database the table of projects', async () => {
  const database = await freshDatabase();

  const applied = await applyMigrations(database);

  expect(applied[0]).toBe('0000_projects.sql');
  await database.prepare("INSERT INTO projects (slug, name, created_at, deployed_at) VALUES ('chat', 'chat', 1, 2)").run();
  expect(await database.prepare('SELECT * FROM projects').all()).toMatchObject({
    results: [{ slug: 'chat', name: 'chat', created_at: 1, deployed_at: 2 }],
  });
});

test('a migration runs once, in the order of names, and later ones are added', async () => {
  const database = await freshDatabase();
  await writeFile(join(folder, '0001_b.sql'), 'ALTER TABLE a ADD COLUMN two text;');
  await writeFile(join(folder, '0000_a.sql'), 'CREATE TABLE a (one text);\n--> statement-breakpoint\nCREATE INDEX i ON a (one);\n');

  expect(await applyMigrations(database, folder)).toEqual(['0000_a.sql', '0001_b.sql']);
  expect(await applyMigrations(database, folder)).toEqual([]);
  await writeFile(join(folder, '0002_c.sql'), 'ALTER TABLE a ADD COLUMN three text;');
  expect(await applyMigrations(database, folder)).toEqual(['0002_c.sql']);
});

test('a migration that fails half-way leaves nothing behind and is named', async () => {
  const database = await freshDatabase();
  await writeFile(join(folder, '0000_a.sql'), 'CREATE TABLE a (one text);\n--> statement-breakpoint\nCREATE TABLE a (one text);');

  await expect(applyMigrations(database, folder)).rejects.toMatchObject({
    code: 'platform/does-not-migrate',
    message: expect.stringContaining('0000_a.sql'),
  });

  const { results } = await database.prepare("SELECT name FROM sqlite_master WHERE name = 'a'").all();
  expect(results).toEqual([]);
  await writeFile(join(folder, '0000_a.sql'), 'CREATE TABLE a (one text);');
  expect(await applyMigrations(database, folder)).toEqual(['0000_a.sql']);
});
