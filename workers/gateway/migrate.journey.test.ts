/** A change of schema on the real platform: many documents, in advance, while the project serves; consent; and back. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';

const documents = 20_000;

const oldApp = `
import { defineSchema, defineTable, mutation, query, v } from './runtime.js';
export const modules = { notes: {
  fill: mutation({ args: { from: v.number(), count: v.number() }, handler: async ({ db }, { from, count }) => { for (let at = from; at < from + count; at++) await db.insert('notes', { text: 'note ' + at }); } }),
  add: mutation({ args: { text: v.string() }, handler: async ({ db }, { text }) => await db.insert('notes', { text }) }),
  change: mutation({ args: { id: v.string(), text: v.string() }, handler: async ({ db }, { id, text }) => await db.patch(id, { text }) }),
  first: query({ args: {}, handler: async ({ db }) => await db.query('notes').first() }),
  count: query({ args: {}, handler: async ({ db }) => await db.query('notes').count() }),
} };
export const schema = defineSchema({ notes: defineTable({ text: v.string() }).index('by_text', ['text']) });
export const http = null;
`;

const newApp = `
import { defineMigration, defineSchema, defineTable, mutation, query, v } from './runtime.js';
export const modules = { notes: {
  add: mutation({ args: { text: v.string() }, handler: async ({ db }, { text }) => await db.insert('pages', { body: text, length: text.length, kind: 'new' }) }),
  first: query({ args: {}, handler: async ({ db }) => await db.query('pages').first() }),
  count: query({ args: {}, handler: async ({ db }) => await db.query('pages').count() }),
  ofLength: query({ args: { length: v.number() }, handler: async ({ db }, { length }) => await db.query('pages').withIndex('by_length', (q) => q.eq('length', length)).count() }),
  texts: query({ args: {}, handler: async ({ db }) => (await db.query('pages').order('desc').take(200)).map(({ body, length, kind }) => [body, length, kind]) }),
}, 'migrations/1_length': { default: defineMigration({ table: 'pages', migrate: ({ body }) => ({ length: body.length }) }) } };
export const schema = defineSchema({ pages: defineTable({ body: v.string().renamedFrom('text'), length: v.number(), kind: v.string().default('plain') }).renamedFrom('notes').index('by_length', ['length']) });
export const http = null;
`;

const bareApp = newApp.replace("kind: v.string().default('plain') }", '}').replaceAll(", kind: 'new'", '').replaceAll(', kind', '');

let platform: LocalPlatform;

beforeAll(async () => {
  platform = await startLocalPlatform({ host: 'loader' });
});

afterAll(async () => {
  await platform.stop();
});

async function call(kind: 'query' | 'mutation', name: string, args: object = {}) {
  const { body } = await platform.post(`/p/pages/api/${kind}`, { path: `notes:${name}`, args });
  if (body.status !== 'success') throw new Error(JSON.stringify(body));
  return body.value;
}

test('twenty thousand documents move to another table and get fields, while writes go on', async () => {
  await platform.deploy('pages', oldApp);
  for (let from = 0; from < documents; from += 4_000) await call('mutation', 'fill', { from, count: 4_000 });
  const first = await call('query', 'first');

  const previewed = await platform.admin('POST', '/projects/pages/deployments/preview', { app: newApp });
  expect(previewed.body.plan).toMatchObject({
    losses: [],
    changes: [
      { kind: 'RENAME_TABLE', table: 'pages', from: 'notes', documents },
      { kind: 'RENAME_COLUMN', name: 'body', from: 'text', documents },
      { kind: 'ADD_COLUMN', name: 'length' },
      { kind: 'ADD_COLUMN', name: 'kind', documents },
      { kind: 'DROP_INDEX' },
      { kind: 'ADD_INDEX' },
      { kind: 'RUN_MIGRATION', name: '1_length', documents },
    ],
  });

  let isOver = false;
  const deploying = platform.admin('POST', '/projects/pages/deployments', { app: newApp, by: 'ada' }).finally(() => {
    isOver = true;
  });
  const waits: number[] = [];
  const progress: { done: number; total: number }[] = [];
  let written = 0;
  while (!isOver) {
    const startedAt = performance.now();
    await call('mutation', 'add', { text: `meanwhile ${written}` });
    waits.push(performance.now() - startedAt);
    written += 1;
    if (written === 1) await call('mutation', 'change', { id: first._id, text: 'changed' }).catch(() => {});
    const { body } = await platform.admin('GET', '/projects/pages/deployments');
    const pending = body.deployments.find(({ state }: { state: string }) => state === 'pending');
    if (pending?.progress !== undefined) progress.push(pending.progress);
  }

  const deployed = await deploying;
  expect(deployed.body.deployment).toMatchObject({ state: 'active', by: 'ada', milliseconds: expect.any(Number) });
  expect(progress.some(({ done }) => done > 0 && done < documents)).toBe(true);
  expect(await call('query', 'count')).toBe(documents + written);
  expect(await call('query', 'first')).toMatchObject({ _id: first._id, body: 'changed', length: 7, kind: 'plain' });
  expect(await call('query', 'ofLength', { length: 10 })).toBeGreaterThanOrEqual(10_000);
  const texts: [string, number, string][] = await call('query', 'texts');
  expect(texts.every(([body, length, kind]) => body.length === length && ['plain', 'new'].includes(kind))).toBe(true);
  expect(written).toBeGreaterThan(5);
  console.log(
    JSON.stringify({
      documents,
      milliseconds: deployed.body.deployment.milliseconds,
      written,
      longestWait: Math.round(Math.max(...waits)),
    }),
  );
});

test('what is lost needs the consent of exactly that plan', async () => {
  const refused = await platform.admin('POST', '/projects/pages/deployments', { app: bareApp });
  expect(refused).toMatchObject({ status: 409, body: { code: 'deployment/needs-consent' } });
  const { consent, losses } = refused.body.details;
  expect(losses).toMatchObject([{ kind: 'DROP_COLUMN', table: 'pages', name: 'kind', documents: expect.any(Number) }]);
  expect((await platform.admin('POST', '/projects/pages/deployments', { app: bareApp, consent: '0000000000000000' })).status).toBe(409);
  expect(await call('query', 'first')).toHaveProperty('kind');

  expect((await platform.admin('POST', '/projects/pages/deployments', { app: bareApp, consent })).status).toBe(201);

  expect(await call('query', 'first')).not.toHaveProperty('kind');
});

test('a rollback is a deployment with the same checks, and the history knows all of them', async () => {
  const before = (await platform.admin('GET', '/projects/pages/deployments')).body.deployments;
  const back = await platform.admin('POST', '/projects/pages/deployments/rollback', { to: before[1].id });
  expect(back).toMatchObject({ status: 201, body: { deployment: { message: `rollback to ${before[1].id}` } } });
  expect(await call('query', 'first')).toMatchObject({ kind: 'plain' });

  const { body } = await platform.admin('GET', '/projects/pages/deployments');
  expect(body.deployments.map(({ state }: { state: string }) => state)).toEqual(['active', 'replaced', 'replaced', 'replaced']);
  expect((await platform.admin('GET', '/projects/pages/migrations')).body.migrations).toMatchObject([{ name: '1_length', table: 'pages' }]);
});

test('the admin API says what an app defines, and answers SQL that reads', async () => {
  const { body: schema } = await platform.admin('GET', '/projects/pages/iac/schema');
  expect(schema.tables[0]).toMatchObject({
    name: 'pages',
    columns: expect.arrayContaining([{ name: 'length', type: 'number', optional: false, system: false }]),
  });
  const { body: functions } = await platform.admin('GET', '/projects/pages/iac/functions');
  expect(functions.functions).toContainEqual(expect.objectContaining({ path: 'notes:first', kind: 'query' }));
  expect((await platform.admin('GET', '/projects/pages/iac/jobs')).body).toEqual({ scheduled: [], crons: [] });
  expect((await platform.admin('GET', '/projects/pages/iac/realtime')).body).toEqual({ clients: 0, subscriptions: 0, watched: [] });
  const { body: rows } = await platform.admin('POST', '/projects/pages/iac/query', {
    sql: 'SELECT kind, COUNT(*) AS many FROM pages WHERE length > ? GROUP BY kind ORDER BY kind',
    params: [0],
  });
  expect(rows).toMatchObject({ columns: ['kind', 'many'], row_count: 1, rows: [{ kind: 'plain', many: expect.any(Number) }] });
  expect((await platform.admin('POST', '/projects/pages/iac/query', { sql: 'DELETE FROM pages' })).body.code).toBe('query/bad-sql');
});
