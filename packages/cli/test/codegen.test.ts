import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { bundleApp } from '../src/bundle/app-bundler.ts';
import { describeApp } from '../src/codegen/context-file.ts';
import { readManifest } from '../src/codegen/read-manifest.ts';
import { typeText } from '../src/codegen/type-text.ts';
import { writeGenerated } from '../src/codegen/write-generated.ts';
import { findApp } from '../src/workspace/app-folder.ts';
import { bb } from './bb.ts';
import { addFiles, folderWith } from './folder.ts';

// Other programs are started here, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 30_000 });

const notes = `
import { v } from '@betterbase/core';
import { internalMutation, query } from './_generated/server';

export const list = query({ args: { tag: v.optional(v.string()) }, returns: v.array(v.id('notes')), handler: () => [] });
export const wipe = internalMutation(() => null);
`;
const schema =
  "import { defineSchema, defineTable, v } from '@betterbase/core';\nexport default defineSchema({ notes: defineTable({ text: v.string(), tag: v.optional(v.string()) }).index('by_tag', ['tag']) });\n";

test('the generated files are written once and touched again only when they change', async () => {
  const app = await findApp(await folderWith({ 'betterbase/notes.ts': notes }));

  expect(await writeGenerated(app)).toEqual(['api.d.ts', 'api.js', 'dataModel.d.ts', 'server.d.ts', 'server.js']);
  const before = await stat(join(app.generated, 'api.d.ts'));
  expect(await writeGenerated(app)).toEqual([]);
  expect((await stat(join(app.generated, 'api.d.ts'))).mtimeMs).toBe(before.mtimeMs);

  await addFiles(app.root, { 'betterbase/more/notes.ts': notes });
  expect(await writeGenerated(app)).toEqual(['api.d.ts']);
  expect(await readFile(join(app.generated, 'api.d.ts'), 'utf8')).toContain('readonly "more/notes": typeof import("../more/notes.js");');
});

test('files that are no longer generated are removed', async () => {
  const app = await findApp(await folderWith({ 'betterbase/_generated/old.ts': '' }));

  expect(await writeGenerated(app)).toContain('old.ts');
  expect(await readdir(app.generated)).not.toContain('old.ts');
});

test('a manifest is read from the bundle without a server', async () => {
  const folder = await folderWith({ 'betterbase/notes.ts': notes, 'betterbase/schema.ts': schema });

  const { functions, schema: tables } = await readManifest((await bundleApp(folder)).app);

  expect(functions.map(({ path, kind, visibility }) => [path, kind, visibility])).toEqual([
    ['notes:list', 'query', 'public'],
    ['notes:wipe', 'mutation', 'internal'],
  ]);
  expect(tables.tables).toMatchObject([{ name: 'notes', indexes: [{ name: 'by_tag', fields: ['tag'], unique: false }] }]);
});

test('code that throws where it should only define is refused with the reason', async () => {
  const folder = await folderWith({ 'betterbase/notes.ts': "throw new Error('too early');" });

  await expect(readManifest((await bundleApp(folder)).app)).rejects.toMatchObject({
    code: 'deployment/does-not-load',
    message: expect.stringContaining('too early'),
  });
});

test('a definition that is refused keeps its own code', async () => {
  const folder = await folderWith({ 'betterbase/schema.ts': schema.replace("['tag']", "['tags']") });

  await expect(readManifest((await bundleApp(folder)).app)).rejects.toMatchObject({ code: expect.stringMatching(/^schema\//) });
});

test('the context file tells an agent about tables, functions and routes', async () => {
  const folder = await folderWith({
    'betterbase/notes.ts': notes,
    'betterbase/schema.ts': schema,
    'betterbase/http.ts':
      "import { httpRouter } from '@betterbase/core';\nimport { httpAction } from './_generated/server';\nconst http = httpRouter();\nhttp.route({ path: '/ping', method: 'GET', handler: httpAction(async () => new Response('pong')) });\nexport default http;\n",
  });

  const first = await bb(['codegen'], { cwd: folder });
  const context = JSON.parse(await readFile(join(folder, '.betterbase-context.json'), 'utf8'));
  const second = await bb(['codegen', '--json'], { cwd: folder });

  expect(first).toMatchObject({ code: 0, out: expect.stringContaining('wrote .betterbase-context.json') });
  expect(JSON.parse(second.out)).toEqual({ changed: [] });
  expect(context).toMatchObject({
    version: '1.0.0',
    generated_at: expect.any(String),
    tables: {
      notes: {
        columns: { text: { type: 'string', optional: false }, tag: { type: 'string', optional: true } },
        indexes: [{ name: 'by_tag' }],
      },
    },
    routes: [{ method: 'GET', path: '/http/ping' }],
    functions: [
      { path: 'notes:list', reference: 'api.notes.list', kind: 'query', args: '{ tag?: string }', returns: 'Array<Id<"notes">>' },
      { path: 'notes:wipe', reference: 'internal.notes.wipe', kind: 'mutation', visibility: 'internal', returns: 'any' },
    ],
    rls_policies: [],
    graphql_schema: null,
    hasIaCLayer: true,
  });
  expect(context.ai_prompt).toContain('query api.notes.list({ tag?: string }): Array<Id<"notes">>');
});

test('an empty app is described too', () => {
  expect(describeApp({ functions: [], schema: { tables: [] }, routes: [] }, 'now').ai_prompt).toContain('Tables:\n- none');
});

test('validators are written as the types they are', () => {
  const union = typeText({
    type: 'union',
    value: [
      { type: 'literal', value: 'a' },
      { type: 'null' },
      { type: 'record', keys: { type: 'string' }, values: { fieldType: { type: 'bigint' }, optional: false } },
    ],
  });

  expect(union).toBe('"a" | null | Record<string, bigint>');
  expect(typeText({ type: 'vector', dimensions: 3 })).toBe('vector(3)');
});
