import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { v } from '@betterbase/core';
import type { TableManifest } from '@betterbase/protocol';
import { expect, test, vi } from 'vitest';
import { bundleApp } from '../src/bundle/app-bundler.ts';
import { drizzleFile } from '../src/codegen/drizzle-file.ts';
import { writeGenerated } from '../src/codegen/write-generated.ts';
import { findApp } from '../src/workspace/app-folder.ts';
import { addFiles, folderWith } from './folder.ts';

// Other programs are started here, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 30_000 });

const parent = join(import.meta.dirname, '../../../.artifacts');
const schema =
  "import { defineSchema, defineTable, v } from '@betterbase/core';\nexport default defineSchema({ notes: defineTable({ text: v.string() }) });\n";
const reading = `import { notes } from './_generated/drizzle';
import { query } from './_generated/server';
export const list = query({ args: {}, handler: async (ctx) => await ctx.db.drizzle.select().from(notes) });
`;
const plain =
  "import { query } from './_generated/server';\nexport const list = query({ args: {}, handler: (ctx) => ctx.db.query('notes').collect() });\n";

function tableOf(name: string, fields: Parameters<typeof v.object>[0]): TableManifest {
  return { name, document: v.object(fields).json, indexes: [] };
}

test('an app whose modules import the Drizzle schema has it, before the file is written too, and is bundled with Drizzle', async () => {
  const folder = await folderWith({ 'betterbase/schema.ts': schema, 'betterbase/notes.ts': reading }, parent);

  const { app: bundle, parts } = await bundleApp(folder);

  expect(bundle).toContain('sqliteTable');
  expect(parts.some(({ file }) => file.includes('drizzle-orm'))).toBe(true);
  expect(await writeGenerated(await findApp(folder))).toContain('drizzle.ts');
});

test('an app that does not is neither', async () => {
  const folder = await folderWith({ 'betterbase/schema.ts': schema, 'betterbase/notes.ts': plain }, parent);

  const { parts } = await bundleApp(folder);

  expect(parts.some(({ file }) => file.includes('drizzle'))).toBe(false);
  expect(await writeGenerated(await findApp(folder))).not.toContain('drizzle.ts');
});

test('the file is written for an app that depends on drizzle-orm, follows the schema, and stays while the schema does not load', async () => {
  const manifest = JSON.stringify({ dependencies: { 'drizzle-orm': '*' } });
  const app = await findApp(await folderWith({ 'package.json': manifest, 'betterbase/schema.ts': schema }, parent));
  const file = (): Promise<string> => readFile(join(app.generated, 'drizzle.ts'), 'utf8');

  expect(await writeGenerated(app)).toContain('drizzle.ts');
  expect(await file()).toContain('text: _d.text("text")');
  await addFiles(app.root, { 'betterbase/schema.ts': schema.replace('text: v.string()', 'body: v.number()') });
  expect(await writeGenerated(app)).toEqual(['drizzle.ts']);
  expect(await file()).toContain('body: _d.real("body")');
  await addFiles(app.root, { 'betterbase/schema.ts': 'export default {' });
  expect(await writeGenerated(app)).toEqual([]);
});

test('each kind of field has its column, required ones not null', () => {
  const text = drizzleFile([
    tableOf('all', {
      a: v.string(),
      b: v.optional(v.number()),
      c: v.boolean(),
      d: v.int64(),
      e: v.bytes(),
      f: v.vector(2),
      g: v.union(v.string(), v.number()),
      h: v.nullable(v.string()),
      'not a column': v.string(),
    }),
  ]);

  const columns = [...text.matchAll(/^ {2}(\w): _d\.(\w+)\(.*?(\.notNull\(\))?,$/gm)].map(([, name, kind, required]) => [
    name,
    kind,
    required !== undefined,
  ]);
  expect(columns).toEqual([
    ['a', 'text', true],
    ['b', 'real', false],
    ['c', 'integer', true],
    ['d', 'int64', true],
    ['e', 'bytes', true],
    ['f', 'vector', true],
    ['g', 'json', true],
    ['h', 'text', false],
  ]);
  expect(text).not.toContain('not a column');
});

test('relations are named after fields and tables, and tables whose names are no variables get one', () => {
  const text = drizzleFile([
    tableOf('users', {}),
    tableOf('class', { teacherId: v.id('users'), owner: v.id('users'), elsewhere: v.id('nowhere') }),
  ]);

  expect(text).toContain('export const class_ = _d.sqliteTable("class"');
  expect(text).toContain('teacher: one(users, { fields: [class_.teacherId]');
  expect(text).toContain('ownerDocument: one(users, { fields: [class_.owner]');
  expect(text).toContain('classByTeacherId: many(class_');
  expect(text).toContain('classByOwner: many(class_');
  expect(text).not.toContain('nowhere');
});
