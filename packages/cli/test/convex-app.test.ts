/**
 * An app written for Convex, on the untouched packages `convex` and `convex-helpers`: bundled as it is deployed, where their
 * imports are the runtime's, and loaded as it is, where its functions are those that the package `convex` makes.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type AnyValue, anyApi } from '@betterbase/core';
import { betterbaseTest } from '@betterbase/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bundleApp } from '../src/bundle/app-bundler.ts';
import { writeGenerated } from '../src/codegen/write-generated.ts';
import { findApp } from '../src/workspace/app-folder.ts';
import { folderWith } from './folder.ts';

const api: AnyValue = anyApi;
const folder = join(import.meta.dirname, 'convex-app');
const core = fileURLToPath(import.meta.resolve('@betterbase/core/runtime'));
let scratch = '';

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'bb-convex-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

test('the generated files are those that are checked in, and the app is well typed with the types of the package', async () => {
  const app = await findApp(folder);

  expect(app.dialect).toBe('convex');
  expect(await writeGenerated(app)).toEqual([]);
  const tsc = join(import.meta.dirname, '../../../node_modules/.bin/tsc');
  await expect(promisify(execFile)(tsc, ['-p', join(app.source, 'tsconfig.json')])).resolves.toMatchObject({ stdout: '' });
}, 60_000);

test('the bundle has nothing of the package convex in it', async () => {
  const { app, inputs } = await bundleApp(folder);

  expect(inputs.filter((file) => /node_modules\/convex\//.test(file))).toEqual([]);
  expect(inputs.some((file) => /node_modules\/convex-helpers\//.test(file))).toBe(true);
  expect(new Set([...app.matchAll(/^import .* from "(.+)";$/gm)].map(([, from]) => from))).toEqual(new Set(['./runtime.js']));
});

test('a name of Convex that is not there is refused where it is imported', async () => {
  const app = await folderWith({ 'convex/app.ts': "import { defineApp } from 'convex/server';\nexport default defineApp();\n" });

  await expect(bundleApp(app)).rejects.toMatchObject({
    code: 'bundle/unresolved-import',
    message: '"convex/server" has no "defineApp" here. (convex/app.ts:1:10)',
    hint: expect.stringContaining('docs/migrating-from-convex.md'),
  });
});

async function bundled(): Promise<{ readonly schema: unknown; readonly modules: Readonly<Record<string, unknown>> }> {
  const { app } = await bundleApp(folder);
  await writeFile(join(scratch, 'runtime.js'), `export * from ${JSON.stringify(pathToFileURL(core).href)};`);
  await writeFile(join(scratch, 'app.js'), app);
  const loaded: AnyValue = await import(pathToFileURL(join(scratch, 'app.js')).href);
  return { schema: loaded.schema, modules: { ...loaded.modules, http: { default: loaded.http } } };
}

async function loaded(): ReturnType<typeof bundled> {
  const { source } = await findApp(folder);
  const files = (await readdir(source)).filter((name) => name.endsWith('.ts'));
  const modules = Object.fromEntries(files.map((name) => [`./convex/${name}`, () => import(pathToFileURL(join(source, name)).href)]));
  const { default: schema }: AnyValue = await import(pathToFileURL(join(source, 'schema.ts')).href);
  return { schema, modules };
}

describe.each([
  ['bundled', bundled],
  ['with the package convex itself', loaded],
])('%s', (_how, load) => {
  test('server/retries: an action runs again until it succeeds', async () => {
    vi.useFakeTimers();
    try {
      const { schema, modules } = await load();
      const t = betterbaseTest(schema, modules);
      await t.mutation(api.retries.start);
      await t.finishAllScheduledFunctions(vi.runAllTimers);

      expect(await t.query(api.retries.attempts)).toBe(3);
      expect(await t.query(api.retries.states)).toEqual(['failed', 'failed', 'success']);
    } finally {
      vi.useRealTimers();
    }
  });

  let app: Awaited<ReturnType<typeof load>>;
  beforeAll(async () => {
    app = await load();
  }, 30_000);
  const start = async () => betterbaseTest(app.schema, app.modules);
  const people = async () => {
    const t = await start();
    const ann = await t.mutation(api.posts.addUser, { name: 'ann' });
    const bob = await t.mutation(api.posts.addUser, { name: 'bob' });
    return { t, ann, bob };
  };
  const withScores = async () => {
    const all = await people();
    const { t, ann, bob } = all;
    for (const [author, score, status] of [
      [ann, 5, 'draft'],
      [bob, 3, 'published'],
      [ann, 1, 'published'],
      [bob, 4, 'published'],
      [ann, 3, 'published'],
    ] as const)
      await t.mutation(api.posts.add, { author, title: `p${score}`, status, score });
    return all;
  };
  const firstPage = (numItems: number) => ({ paginationOpts: { numItems, cursor: null } });

  test('customQuery consumes an argument and adds to ctx; validators of both are checked', async () => {
    const { t, ann } = await people();
    await t.mutation(api.posts.add, { author: ann, title: 'hello', status: 'draft', score: 1 });

    expect(await t.query(api.posts.mine, { as: 'ann' })).toMatchObject([{ title: 'hello' }]);
    expect(await t.query(api.posts.mine, { as: 'ann', status: 'published' })).toEqual([]);
    await expect(t.query(api.posts.mine, { as: 'nobody' })).rejects.toMatchObject({ data: { code: 'unknown-user', name: 'nobody' } });
    await expect(t.query(api.posts.mine, {})).rejects.toMatchObject({ code: 'arguments/invalid', details: { path: 'args.as' } });
    await expect(t.mutation(api.posts.add, { author: ann, title: 'x', status: 'gone', score: 1 })).rejects.toMatchObject({
      code: 'arguments/invalid',
    });
  });

  test('customAction reaches queries and mutations', async () => {
    const { t, ann } = await people();

    expect(await t.action(api.posts.importAll, { author: ann, titles: ['a', 'b'] })).toEqual({ count: 2, isTimed: true });
  });

  test('relationships follow ids and join tables', async () => {
    const { t, ann } = await people();
    const id = await t.mutation(api.posts.add, { author: ann, title: 'tagged', status: 'draft', score: 1, tags: ['red', 'blue'] });
    await t.mutation(api.posts.add, { author: ann, title: 'other', status: 'draft', score: 1, tags: ['red'] });

    expect(await t.query(api.posts.withTags, { id })).toEqual({ title: 'tagged', author: 'ann', tags: ['red', 'blue'] });
    expect(await t.run(async (ctx: AnyValue) => (await ctx.db.query('tags').collect()).length)).toBe(2);
  });

  test('filter with any predicate: pages, first and take', async () => {
    const { t, ann } = await people();
    for (const title of ['a', 'long one', 'b', 'long two', 'long three'])
      await t.mutation(api.posts.add, { author: ann, title, status: 'draft', score: 0 });
    const { page, first, two } = await t.query(api.posts.long, firstPage(3));

    expect(page.page.map(({ title }: AnyValue) => title)).toEqual(['long one']);
    expect([page.isDone, first, two]).toEqual([false, 'long three', ['long one', 'long two']]);
  });

  test('triggers run in the mutation that wrote, one setting off the next', async () => {
    const { t, ann, bob } = await people();
    for (const author of [ann, ann, bob]) await t.mutation(api.posts.add, { author, title: 't', status: 'draft', score: 0 });
    expect(await t.query(api.posts.count)).toBe(3);

    await t.mutation(api.posts.removeUser, { id: ann });

    expect(await t.query(api.posts.count)).toBe(1);
  });

  test('row level security: nobody reads, writes or adds what is not theirs', async () => {
    const t = await start();
    const [ann, bob] = [t.withIdentity({ subject: 'ann' }), t.withIdentity({ subject: 'bob' })];
    const id = await ann.mutation(api.notes.add, { owner: 'ann', text: 'mine' });
    const pinned = await ann.mutation(api.notes.add, { owner: 'ann', text: 'fixed', pinned: true });

    expect([await ann.query(api.notes.list), await bob.query(api.notes.list)]).toEqual([['mine', 'fixed'], []]);
    await expect(bob.mutation(api.notes.add, { owner: 'ann', text: 'forged' })).rejects.toThrow('insert access not allowed');
    await expect(bob.mutation(api.notes.change, { id, text: 'taken' })).rejects.toThrow('no read access');
    await expect(ann.mutation(api.notes.change, { id: pinned, text: 'loose' })).rejects.toThrow('write access not allowed');
    await ann.mutation(api.notes.change, { id, text: 'changed' });
    expect(await ann.query(api.notes.list)).toEqual(['changed', 'fixed']);
  });

  test('crud makes functions of a table', async () => {
    const t = await start();
    const note = await t.mutation(api.notes.create, { owner: 'ann', text: 'one' });
    await t.mutation(api.notes.update, { id: note._id, patch: { text: 'two' } });

    expect(await t.query(api.notes.read, { id: note._id })).toMatchObject({ owner: 'ann', text: 'two' });
    expect((await t.query(api.notes.paginate, firstPage(10))).page).toHaveLength(1);
    expect(await t.mutation(api.notes.destroy, { id: note._id })).toMatchObject({ text: 'two' });
    expect(await t.query(api.notes.read, { id: note._id })).toBeNull();
    await expect(t.mutation(api.notes.create, { owner: 'ann' })).rejects.toMatchObject({ code: 'arguments/invalid' });
  });

  test('merged streams are one listing, page by page', async () => {
    const { t, ann, bob } = await withScores();
    const pages = [];
    let cursor = null;
    for (;;) {
      const page: AnyValue = await t.query(api.streams.merged, { authors: [ann, bob], paginationOpts: { numItems: 2, cursor } });
      pages.push(page.page);
      if (page.isDone) break;
      cursor = page.continueCursor;
    }

    expect(pages.flat()).toEqual([1, 3, 3, 4, 5]);
    expect(pages[0]).toEqual([1, 3]);
  });

  test('streams are filtered, mapped, joined and made distinct', async () => {
    const { t } = await withScores();

    expect((await t.query(api.streams.published, firstPage(2))).page).toEqual(['p4 4', 'p3 3']);
    expect(await t.query(api.streams.joined)).toEqual([
      ['ann', 1],
      ['ann', 3],
      ['ann', 5],
      ['bob', 3],
      ['bob', 4],
    ]);
    expect(await t.query(api.streams.authors)).toEqual([1, 3]);
  });

  test('getPage goes on from a key, and paginator allows two listings in one function', async () => {
    const { t } = await withScores();
    const first = await t.query(api.streams.pageByKey, { targetMaxRows: 2 });
    const second = await t.query(api.streams.pageByKey, { targetMaxRows: 3, startIndexKey: first.last });

    expect([first.scores, first.hasMore, second.scores]).toEqual([[1, 3], true, [3, 4, 5]]);
    expect(await t.query(api.streams.twice, firstPage(2))).toEqual([
      [1, 3],
      [5, 4],
    ]);
  });

  test('zod checks and changes arguments and results', async () => {
    const { t, ann } = await people();

    expect(await t.query(api.zod.shout, { text: 'hey', times: 2 })).toEqual({ text: 'HEY HEY' });
    await expect(t.query(api.zod.shout, { text: 'a' })).rejects.toMatchObject({
      data: { ZodError: [expect.objectContaining({ path: ['text'] })] },
    });
    await t.mutation(api.zod.rename, { id: ann, name: '  Anna ', tone: 'kind' });
    expect(await t.run(async (ctx: AnyValue) => (await ctx.db.get(ann)).name)).toBe('dear Anna');
    await expect(t.mutation(api.zod.rename, { id: 'nonsense', name: 'x' })).rejects.toMatchObject({ code: 'arguments/invalid' });
  });

  test('helpers that newer ones have replaced still work', async () => {
    const { t, ann } = await people();

    expect([await t.query(api.older.nameOf, { id: ann }), await t.query(api.older.nameOf, { id: ann, upper: true })]).toEqual([
      'ann',
      'ANN',
    ]);
    await expect(t.query(api.older.nameOf, { id: ann, upper: 'yes' })).rejects.toThrow();
    expect(await t.query(api.older.sorted)).toEqual([null, 2n, 1, true, 'b']);
  });

  test('rate limits hold, refill with time, and can be reset', async () => {
    vi.useFakeTimers({ now: 1_700_000_000_000 });
    try {
      const t = await start();
      const send = (key: string) => t.mutation(api.limits.send, { key });
      expect([await send('a'), await send('a'), await send('a'), await send('b')]).toEqual([true, true, false, true]);
      await expect(t.mutation(api.limits.send, { key: 'a', throws: true })).rejects.toMatchObject({
        data: { kind: 'RateLimited', name: 'send' },
      });
      vi.advanceTimersByTime(30_000);
      expect([await send('a'), await send('a')]).toEqual([true, false]);
      await t.mutation(api.limits.reset, { key: 'a' });
      expect(await send('a')).toBe(true);
      expect(await t.mutation(api.limits.sendTwiceInAWindow)).toBe('window');
    } finally {
      vi.useRealTimers();
    }
  });

  test('sessions go through actions', async () => {
    const t = await start();

    expect(await t.action(api.sessions.tour, { sessionId: 's1', pages: ['/', '/about'] })).toEqual(['/', '/about']);
    expect(await t.query(api.sessions.visits, { sessionId: 's2' })).toEqual([]);
  });

  test('validators and values do what their helpers expect', async () => {
    const t = await start();

    expect(await t.query(api.checks.validators, { note: { text: 'a' } })).toEqual({
      fits: true,
      doesNot: false,
      parsed: { text: 'a' },
      fields: ['_creationTime', '_id', 'owner', 'pinned', 'text'],
    });
    expect(await t.query(api.checks.values, { value: { n: 1n, list: [1, 'two', null, Number.NaN], bytes: new ArrayBuffer(3) } })).toEqual({
      same: true,
      bytes: 55,
      base64: 'aGk=',
    });
  });

  test('routes with CORS and routes of Hono stand beside plain ones', async () => {
    const t = await start();
    const origin = { origin: 'https://example.com' };
    const shared = await t.fetch('/shared', { method: 'POST', body: 'x', headers: origin });
    const preflight = await t.fetch('/shared', { method: 'OPTIONS', headers: origin });
    const hono = await t.fetch('/hono/ann');

    expect(await (await t.fetch('/plain')).text()).toBe('plain');
    expect([await shared.json(), shared.headers.get('access-control-allow-origin')]).toEqual([{ got: 'x' }, 'https://example.com']);
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([204, 'POST']);
    expect(await (await t.fetch('/files/a/b', { headers: origin })).text()).toBe('/files/a/b');
    expect([hono.status, await hono.json()]).toEqual([200, { hello: 'ann', text: 'HONO' }]);
    expect((await t.fetch('/nowhere')).status).toBe(404);
  });
});
