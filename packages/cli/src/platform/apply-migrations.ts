/**
 * The control plane's migrations, applied to a local D1 as `wrangler d1 migrations apply` does it to a remote one.
 *
 * Always true: both keep the same table of what was applied, and a migration is applied whole or not at all.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import { platformFiles } from './checkout.ts';

/** What is needed of a D1 binding; `await miniflare.getD1Database('DB')` is one. */
export interface MigratedDatabase<Statement> {
  prepare(
    sql: string,
  ): Statement & { bind(...values: readonly string[]): Statement; all<Row>(): Promise<{ readonly results: readonly Row[] }> };
  batch(statements: Statement[]): Promise<unknown>;
}

const breakpoint = '--> statement-breakpoint';

/**
 * Brings the database up to the newest migration.
 *
 * @returns the names of the migrations that were missing.
 * @throws BetterBaseError `platform/does-not-migrate`
 */
export async function applyMigrations<Statement>(
  database: MigratedDatabase<Statement>,
  folder: string = platformFiles.migrations,
): Promise<readonly string[]> {
  await database.batch([
    database.prepare(
      'CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)',
    ),
  ]);
  const { results } = await database.prepare('SELECT name FROM d1_migrations').all<{ name: string }>();
  const applied = new Set(results.map((row) => row.name));
  const missing = (await readdir(folder)).filter((file) => file.endsWith('.sql') && !applied.has(file)).sort();
  const migrations = await Promise.all(
    missing.map(async (name) => ({ name, statements: statementsOf(await readFile(join(folder, name), 'utf8')) })),
  );
  // A new database takes all in one go. If it does not, one by one tells which is the wrong one, and keeps those before it.
  await apply(database, migrations).catch(async () => {
    for (const migration of migrations) await applyOne(database, migration);
  });
  return missing;
}

interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}

function statementsOf(text: string): readonly string[] {
  return text
    .split(breakpoint)
    .map((sql) => sql.trim())
    .filter((sql) => sql !== '');
}

async function apply<Statement>(database: MigratedDatabase<Statement>, migrations: readonly Migration[]): Promise<void> {
  const record = (name: string): Statement => database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name);
  const batch = migrations.flatMap(({ name, statements }) => [...statements.map((sql) => database.prepare(sql)), record(name)]);
  if (batch.length > 0) await database.batch(batch);
}

async function applyOne<Statement>(database: MigratedDatabase<Statement>, migration: Migration): Promise<void> {
  try {
    await apply(database, [migration]);
  } catch (cause) {
    throw new BetterBaseError(
      'platform/does-not-migrate',
      `The control plane's migration ${migration.name} does not apply: ${String(cause)}`,
      {
        hint: 'Nothing of it was applied. If the local state is of another checkout, start with a fresh --state folder.',
        cause,
      },
    );
  }
}
