import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { kitFor } from '../src/drizzle-kit/kit-config.ts';
import { kitSchema } from '../src/drizzle-kit/kit-schema.ts';
import { bb } from './bb.ts';
import { folderWith } from './folder.ts';

// Other programs are started here, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 30_000 });

const files = { schema: 'drizzle/betterbase.ts', out: 'drizzle', tables: ['notes', 'tags'] };
const turso = "{ type: 'turso', url: 'libsql://chat-me.turso.io', authToken: { env: 'TOKEN' } }";

async function appWith(provider: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  return await folderWith({
    'betterbase.config.ts': `export default { project: { name: 'chat' }, provider: ${provider} };`,
    'betterbase/schema.ts':
      "import { defineSchema, defineTable, v } from '@betterbase/core';\nexport default defineSchema({ notes: defineTable({ text: v.string() }) });\n",
    ...more,
  });
}

test('the configuration has the names of values, never a value', () => {
  const kit = kitFor({ type: 'turso', url: 'libsql://chat-me.turso.io', authToken: { env: 'TOKEN' } }, files);

  expect(kit.variables).toEqual(['TOKEN']);
  expect(kit.config).toContain("dialect: 'turso'");
  expect(kit.config).toContain("tablesFilter: ['notes', 'tags']");
  expect(kit.config).toContain('url: "libsql://chat-me.turso.io"');
  expect(kit.config).toContain("authToken: process.env['TOKEN'] ?? ''");
});

test.each([
  [{ type: 'neon', connectionString: { env: 'DATABASE_URL' } }, "dialect: 'postgresql'", ['DATABASE_URL']],
  [{ type: 'supabase', connectionString: { env: 'PG' } }, "url: process.env['PG']", ['PG']],
  [{ type: 'd1', binding: 'APP_DB' }, "driver: 'd1-http'", ['CLOUDFLARE_ACCOUNT_ID', 'CLOUDFLARE_DATABASE_ID', 'CLOUDFLARE_D1_TOKEN']],
] as const)('%j is found by drizzle-kit', (provider, said, variables) => {
  const kit = kitFor(provider, files);

  expect(kit.config).toContain(said);
  expect(kit.variables).toEqual(variables);
});

test('PostgreSQL has columns of its own kinds, and names that its tables have already are others', () => {
  const table = {
    name: 'class',
    document: { type: 'object', value: { xmin: { fieldType: { type: 'string' }, optional: false } } },
    indexes: [],
  };
  const text = kitSchema(
    [table as Parameters<typeof kitSchema>[0][number]],
    kitFor({ type: 'neon', connectionString: { env: 'A' } }, files).schema,
  );

  expect(text).toContain("export const class_ = pgTable(\n  'class',");
  expect(text).toContain("xmin: text('_c_xmin')");
});

test('the documents of an embedded project are nowhere that drizzle-kit could look', async () => {
  expect(await bb(['iac', 'drizzle', await appWith("{ type: 'embedded' }")])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/provider\/cannot[^]*docs\/sql\.md/),
  });
});

test('a configuration that somebody else has written stays, unless told otherwise', async () => {
  const folder = await appWith(turso, { 'drizzle.config.ts': '// mine' });

  expect(await bb(['iac', 'drizzle', folder])).toMatchObject({
    code: 2,
    err: expect.stringContaining('drizzle.config.ts is there already'),
  });
  expect(await readFile(join(folder, 'drizzle.config.ts'), 'utf8')).toBe('// mine');
  expect(await bb(['iac', 'drizzle', folder, '--force', '--json'])).toMatchObject({
    code: 0,
    out: '{"written":["drizzle.config.ts","drizzle/betterbase.ts"],"variables":["TOKEN"]}\n',
  });
});
