/** The platform is killed at every step of an import, and during an export: nothing is half there, and what was begun goes on. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KillablePlatform } from './test/killable-platform.ts';
import { adminKey } from './test/local-platform.ts';

const app = `
import { defineSchema, defineTable, mutation, query, v } from './runtime.js';
const items = {
  add: mutation({ args: { n: v.number() }, handler: async ({ db }, { n }) => { await db.insert('items', { n, text: 'own' }); } }),
  change: mutation({ args: {}, handler: async ({ db }) => { for (const item of await db.query('items').take(50)) await db.patch(item._id, { text: 'changed' }); } }),
  texts: query({ args: {}, handler: async ({ db }) => (await db.query('items').collect()).map(({ text }) => text) }),
  found: query({ args: {}, handler: async ({ db }) => (await db.query('items').withSearchIndex('search', (q) => q.search('text', 'imported')).take(1000)).length }),
};
export const modules = { items };
export const schema = defineSchema({ items: defineTable({ n: v.number(), text: v.string() }).index('by_n', ['n']).searchIndex('search', { searchField: 'text' }) });
export const http = null;
`;

let state: string;
let platform: KillablePlatform;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'betterbase-move-'));
  platform = new KillablePlatform(state);
  await platform.start();
  await platform.deploy('p', app);
}, 60_000);
afterAll(async () => {
  await platform.kill();
  await rm(state, { recursive: true });
});

const headers = { authorization: `Bearer ${adminKey}` };
async function admin(method: string, path: string, body?: string): Promise<string> {
  const response = await fetch(`${platform.url}/admin/projects/p${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  return await response.text();
}
const call = async (kind: string, path: string): Promise<unknown> =>
  (await platform.post(`/p/p/api/${kind}`, { path, args: path.endsWith('add') ? { n: 0 } : {} })).body.value;
const lines = (from: number, count: number): string =>
  Array.from({ length: count }, (_, at) => `${JSON.stringify({ n: from + at, text: 'imported' })}\n`).join('');
async function restart(): Promise<void> {
  await platform.kill();
  await platform.start();
}

test.each(['before it is staged', 'while it is staged', 'after it is staged', 'while it is committed', 'after it is committed'])(
  'an import whose platform is killed %s is there as a whole, or not at all, and can be finished',
  async (moment) => {
    const mode = 'replace';
    const { import: id } = JSON.parse(await admin('POST', '/imports', JSON.stringify({ tables: [{ table: 'items', mode }] })));
    const before = JSON.stringify(await call('query', 'items:texts'));
    if (moment === 'before it is staged') await restart();
    const first = admin('POST', `/imports/${id}/tables/items?from=1`, lines(0, 1_500)).catch(() => 'lost');
    if (moment !== 'while it is staged') await first;
    else {
      await new Promise((resolve) => setTimeout(resolve, 40));
      await restart();
    }
    expect(JSON.stringify(await call('query', 'items:texts'))).toBe(before);
    // Lines are sent again, all of them: those that are in are passed over.
    expect(await admin('POST', `/imports/${id}/tables/items?from=1`, lines(0, 2_000))).toBe('{"lines":2000}');
    if (moment === 'after it is staged') await restart();
    expect(JSON.stringify(await call('query', 'items:texts'))).toBe(before);

    const finish = (): Promise<string> => admin('POST', `/imports/${id}/finish`, '{}');
    const finished = finish().catch(() => 'lost');
    if (moment === 'while it is committed') await restart();
    if (moment === 'after it is committed') await finished.then(restart);
    if (moment === 'while it is committed') {
      const texts = JSON.stringify(await call('query', 'items:texts'));
      expect([before, JSON.stringify(Array.from({ length: 2_000 }, () => 'imported'))]).toContain(texts);
    }

    expect(JSON.parse(await finish())).toMatchObject({ tables: [{ table: 'items', inserted: 2_000 }] });
    expect(await call('query', 'items:texts')).toEqual(Array.from({ length: 2_000 }, () => 'imported'));
    expect(await call('query', 'items:found')).toBe(1_000);
  },
  60_000,
);

test('an export goes on after the platform was killed, still as of its version', async () => {
  const opened = JSON.parse(await admin('POST', '/exports', '{}'));
  await call('mutation', 'items:change');
  await restart();
  await call('mutation', 'items:add');

  const text = await admin('GET', `/exports/${opened.export}/tables/items`);
  const documents = text.trimEnd().split('\n');
  expect(documents.pop()).toBe('{"$end":true}');
  expect(documents.map((line) => JSON.parse(line).text)).toEqual(Array.from({ length: 2_000 }, () => 'imported'));
  expect(JSON.stringify(await call('query', 'items:texts'))).toContain('changed');
}, 60_000);
