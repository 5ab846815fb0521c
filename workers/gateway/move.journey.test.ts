/** Data moves out of one project and into another, on the real platform, while it serves. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminKey, type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';

const app = `
import { defineSchema, defineTable, mutation, query, v } from './runtime.js';
const items = {
  add: mutation({ args: { from: v.number(), count: v.number() }, handler: async ({ db }, { from, count }) => {
    for (let n = from; n < from + count; n++) await db.insert('items', { n, text: 'item ' + n, tags: ['a', 'b'] });
  } }),
  change: mutation({ args: { n: v.number() }, handler: async ({ db }, { n }) => {
    const item = await db.query('items').withIndex('by_n', (q) => q.eq('n', n)).unique();
    await db.patch(item._id, { text: 'changed' });
  } }),
  count: query({ args: {}, handler: async ({ db }) => await db.query('items').count() }),
  text: query({ args: { n: v.number() }, handler: async ({ db }, { n }) => (await db.query('items').withIndex('by_n', (q) => q.eq('n', n)).unique())?.text ?? null }),
};
export const modules = { items };
export const schema = defineSchema({ items: defineTable({ n: v.number(), text: v.string(), tags: v.array(v.string()) }).uniqueIndex('by_n', ['n']) });
export const http = null;
`;

let platform: LocalPlatform;
beforeAll(async () => {
  platform = await startLocalPlatform({ host: 'loader' });
});
afterAll(() => platform.stop());

async function send(path: string, body: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await platform.request(`/admin/projects${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}` },
    body,
  });
  return { status: response.status, body: await response.json() };
}

async function read(path: string): Promise<string[]> {
  const response = await platform.request(`/admin/projects${path}`, { headers: { authorization: `Bearer ${adminKey}` } });
  return (await response.text()).trimEnd().split('\n');
}

const call = async (project: string, kind: string, path: string, args: object): Promise<unknown> =>
  (await platform.post(`/p/${project}/api/${kind}`, { path, args })).body.value;

test('a version is read out while it changes, and read into another project', async () => {
  await platform.deploy('from', app);
  await platform.deploy('to', app);
  for (let from = 0; from < 6_000; from += 1_000) await call('from', 'mutation', 'items:add', { from, count: 1_000 });

  const opened = await platform.admin('POST', '/projects/from/exports', {});
  expect(opened).toMatchObject({ status: 201, body: { tables: [{ table: 'items', documents: 6_000 }] } });
  const id: string = opened.body.export;
  await call('from', 'mutation', 'items:change', { n: 5_999 });
  const [lines] = await Promise.all([read(`/from/exports/${id}/tables/items`), call('from', 'mutation', 'items:change', { n: 5_998 })]);
  expect(lines.pop()).toBe('{"$end":true}');
  expect(lines.map((line) => JSON.parse(line).n)).toEqual(Array.from({ length: 6_000 }, (_, n) => n));
  expect(lines.filter((line) => line.includes('changed'))).toEqual([]);

  const half = JSON.parse(lines[2_999] ?? '');
  expect((await read(`/from/exports/${id}/tables/items?after=${half._creationTime}`)).length).toBe(3_001);
  await platform.admin('DELETE', `/projects/from/exports/${id}`);
  expect((await read(`/from/exports/${id}/tables/items`))[0]).toContain('export/interrupted');

  const begun = await platform.admin('POST', '/projects/to/imports', { tables: [{ table: 'items' }] });
  expect(begun).toMatchObject({ status: 201, body: { tables: [{ table: 'items' }] } });
  const into = `/to/imports/${begun.body.import}`;
  expect(await send(`${into}/tables/items`, lines.slice(0, 4_000).join('\n'))).toEqual({ status: 200, body: { lines: 4_000 } });
  expect(await send(`${into}/tables/items?from=3001`, lines.slice(3_000).join('\n'))).toEqual({ status: 200, body: { lines: 6_000 } });
  expect(await call('to', 'query', 'items:count', {})).toBe(0);
  expect(await send(`${into}/finish`, '{"dryRun":true}')).toMatchObject({ status: 200 });
  expect(await call('to', 'query', 'items:count', {})).toBe(0);
  expect(await send(`${into}/finish`, '{}')).toMatchObject({ status: 200, body: { tables: [{ table: 'items', inserted: 6_000 }] } });
  expect(await call('to', 'query', 'items:count', {})).toBe(6_000);
  expect(await call('to', 'query', 'items:text', { n: 77 })).toBe('item 77');
}, 60_000);

test('nobody without the key moves anything, and what is wrong is said', async () => {
  const open = await platform.request('/admin/projects/from/exports', { method: 'POST' });
  expect(open.status).toBe(401);
  expect(await platform.admin('POST', '/projects/from/imports', { tables: [{ table: 'items' }] })).toMatchObject({
    status: 409,
    body: { code: 'import/table-not-empty' },
  });
  expect(await platform.admin('POST', '/projects/from/imports', { tables: [] })).toMatchObject({
    body: { code: 'http/bad-body', error: expect.stringContaining('>=1 items') },
  });
  expect(await platform.admin('POST', '/projects/nobody/exports', {})).toMatchObject({ status: 404, body: { code: 'project/not-found' } });
  expect(await send('/from/imports/none/tables/items', 'x')).toMatchObject({ status: 404, body: { code: 'import/not-found' } });
  const begun = await platform.admin('POST', '/projects/from/imports', { tables: [{ table: 'items', mode: 'append' }] });
  expect(await send(`/from/imports/${begun.body.import}/tables/items`, '{"n":"x"}')).toMatchObject({
    status: 400,
    body: { code: 'import/bad-lines', details: { problems: [{ line: 1 }] } },
  });
  expect(await platform.admin('DELETE', `/projects/from/imports/${begun.body.import}`)).toMatchObject({ status: 200 });
});
