/** An app without a schema: its tables come to be as it uses them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';

const app = (version: number, schema = 'null'): string => `
import { defineSchema, mutation, query, v } from './runtime.js';
export const modules = { notes: {
  add: mutation({ args: { table: v.string(), text: v.string() }, handler: (ctx, { table, text }) => ctx.db.insert(table, { text }) }),
  list: query({ args: { table: v.string() }, handler: async (ctx, { table }) => (await ctx.db.query(table).collect()).map(({ text }) => text + ' ${version}') }),
} };
export const schema = ${schema};
export const http = null;
`;

let platform: LocalPlatform;
let state: string;

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'betterbase-other-tables-'));
  platform = await startLocalPlatform({ host: 'loader', state });
  await platform.deploy('app', app(1));
});

afterAll(async () => {
  await platform.stop();
  await rm(state, { recursive: true });
});

const call = async (kind: 'query' | 'mutation', path: string, args: Record<string, string>) =>
  (await platform.post(`/p/app/api/${kind}`, { path, args })).body;

test('what is inserted into a table that nobody has named is there, also after the next deployment', async () => {
  expect(await call('query', 'notes:list', { table: 'things' })).toMatchObject({ value: [] });
  const added = await Promise.all(['one', 'two', 'three'].map((text) => call('mutation', 'notes:add', { table: 'things', text })));

  expect(added.map(({ status }) => status)).toEqual(['success', 'success', 'success']);
  expect((await call('query', 'notes:list', { table: 'things' })).value.toSorted()).toEqual(['one 1', 'three 1', 'two 1']);

  await platform.deploy('app', app(2));
  expect((await call('query', 'notes:list', { table: 'things' })).value.toSorted()).toEqual(['one 2', 'three 2', 'two 2']);
});

test('a schema that does not allow such tables is deployed only by somebody who agrees to lose what is in them', async () => {
  const strict = { app: app(3, 'defineSchema({})') };

  expect(await platform.admin('POST', '/projects/app/deployments', strict)).toMatchObject({
    status: 409,
    body: { code: 'deployment/needs-consent', details: { losses: [{ kind: 'DROP_TABLE', table: 'things', documents: 3 }] } },
  });
  expect((await call('query', 'notes:list', { table: 'things' })).value).toHaveLength(3);
});
