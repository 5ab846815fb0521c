/** An app on `convex-ents`, a library that makes its own tables and adds to their validators: bundled as it is deployed. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type AnyValue, anyApi } from '@betterbase/core';
import { betterbaseTest } from '@betterbase/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleApp } from '../src/bundle/app-bundler.ts';
import { writeGenerated } from '../src/codegen/write-generated.ts';
import { findApp } from '../src/workspace/app-folder.ts';

const api: AnyValue = anyApi;
const folder = join(import.meta.dirname, 'ents-app');
let scratch = '';
let app: AnyValue;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'bb-ents-'));
  const core = fileURLToPath(import.meta.resolve('@betterbase/core/runtime'));
  await writeFile(join(scratch, 'runtime.js'), `export * from ${JSON.stringify(pathToFileURL(core).href)};`);
  await writeFile(join(scratch, 'app.js'), (await bundleApp(folder)).app);
  app = await import(pathToFileURL(join(scratch, 'app.js')).href);
}, 30_000);
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function start() {
  const t = betterbaseTest(app.schema, app.modules);
  const ann = await t.mutation(api.messages.join, { name: 'Ann', email: 'ann@example.com', bio: 'hi' });
  const first = await t.mutation(api.messages.send, { user: ann, text: 'hello there', tags: ['Red', 'Blue'] });
  await t.mutation(api.messages.send, { user: ann, text: 'and now', tags: ['red'] });
  return { t, ann, first };
}

test('it is well typed with the types of both packages', async () => {
  const { source } = await findApp(folder);

  expect(await writeGenerated(await findApp(folder))).toEqual([]);
  const tsc = join(import.meta.dirname, '../../../node_modules/.bin/tsc');
  await expect(promisify(execFile)(tsc, ['-p', join(source, 'tsconfig.json')])).resolves.toMatchObject({ stdout: '' });
}, 60_000);

test('edges of all kinds are followed, defaults are filled in', async () => {
  const { t, ann } = await start();
  await t.run(async (ctx: AnyValue) => await ctx.db.insert('messages', { text: 'not by its own hand', userId: ann }));

  expect(await t.query(api.messages.of, { email: 'ann@example.com' })).toEqual({
    bio: 'hi',
    isDeleted: false,
    messages: [
      { text: 'hello there', stars: 1, tags: ['Red', 'Blue'] },
      { text: 'and now', stars: 1, tags: ['Red'] },
      { text: 'not by its own hand', stars: 0, tags: [] },
    ],
  });
  expect(await t.query(api.messages.tagged, { slug: 'red' })).toEqual(['hello there', 'and now']);
  expect(await t.query(api.messages.search, { words: 'hel' })).toEqual(['hello there']);
  expect(await t.query(api.messages.newest, { user: ann })).toEqual(['not by its own hand']);
});

test('unique fields are unique, and deletions take edges along or only mark', async () => {
  const { t, ann, first } = await start();
  await expect(t.mutation(api.messages.join, { name: 'Bob', email: 'ann@example.com', bio: '' })).rejects.toThrow(/duplicate document/);

  await t.mutation(api.messages.untag, { message: first, slug: 'red' });
  expect(await t.query(api.messages.tagged, { slug: 'red' })).toEqual(['and now']);
  await t.mutation(api.messages.remove, { message: first });
  expect(await t.query(api.messages.tagged, { slug: 'blue' })).toEqual([]);
  await t.mutation(api.messages.leave, { user: ann });
  expect(await t.query(api.messages.of, { email: 'ann@example.com' })).toMatchObject({ isDeleted: true, messages: [{ text: 'and now' }] });
});
