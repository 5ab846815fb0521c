/** What journeys of projects on databases elsewhere do alike. */
import { createClient } from '@betterbase/client';
import { type FunctionReference, makeFunctionReference } from '@betterbase/core';
import type { FaultProxy } from '@betterbase/testing/stand-ins';
import { expect } from 'vitest';
import { adminKey, type LocalPlatform } from './local-platform.ts';
import { testApp } from './test-app.ts';

type Call = (kind: 'query' | 'mutation', path: string, args?: object) => Promise<{ readonly value?: unknown }>;

const add: FunctionReference<'mutation', 'public', { list: string; text: string }, string> = makeFunctionReference('items:add');

export const listItems: FunctionReference<'query', 'public', { list: string }, string[]> = makeFunctionReference('items:list');

/** The test app with a new field that has a default. */
export const grownApp = testApp
  .replace('text: v.string() })', 'text: v.string(), done: v.boolean().default(false) })')
  .replace("insert('items', { list, text })", "insert('items', { list, text, done: false })");

/** The test app with functions that write and read by SQL, and read what the same run has written. */
export const sqlApp = grownApp.replace(
  '  refuse: mutation',
  `  shout: mutation({ args: { list: v.string() }, handler: async ({ db }, { list }) => {
    await db.insert('items', { list, text: 'last', done: false });
    await db.execute("UPDATE items SET text = upper(text) || '!', done = 1 WHERE list = ?", [list]);
    await db.execute('INSERT INTO items (list, text, done) SELECT list, lower(text), 0 FROM items WHERE list = ? AND text = ?', [list, 'ONE!']);
    return await db.execute('SELECT text, done FROM items WHERE list = ? ORDER BY text', [list]);
  } }),
  done: query({ args: { list: v.string() }, handler: async ({ db }, { list }) =>
    (await db.execute('SELECT count(*) AS count FROM items WHERE list = ? AND done', [list]))[0].count }),
  refuse: mutation`,
);

/** What `items:shout` gives for a list that held `one`. */
export const shouted = [
  { text: 'LAST!', done: 1 },
  { text: 'ONE!', done: 1 },
  { text: 'one!', done: 0 },
];

/** Takes all items of a project out, puts them back in place of what is there, and returns what came of it. */
export async function moveOutAndIn(
  { admin, request }: LocalPlatform,
  project: string,
): Promise<{ readonly lines: number; readonly finished: unknown }> {
  const headers = { authorization: `Bearer ${adminKey}` };
  const opened = await admin('POST', `/projects/${project}/exports`, {});
  const read = await request(`/admin/projects/${project}/exports/${opened.body.export}/tables/items`, { headers });
  const lines = (await read.text()).trimEnd().split('\n').slice(0, -1);
  const begun = await admin('POST', `/projects/${project}/imports`, { tables: [{ table: 'items', mode: 'replace' }] });
  const into = `/admin/projects/${project}/imports/${begun.body.import}`;
  await request(`${into}/tables/items`, { method: 'POST', headers, body: lines.join('\n') });
  const finished = await request(`${into}/finish`, { method: 'POST', headers, body: '{}' });
  return { lines: lines.length, finished: await finished.json() };
}

/** Watches the list `live` over a socket while others write to it twice. Returns what was seen last. */
export async function watchOthersWrite(projectUrl: string, call: Call): Promise<readonly string[] | undefined> {
  const client = createClient({ url: projectUrl });
  const seen: string[][] = [];
  const grown = new Promise<void>((resolve) => {
    client.watch(listItems, { list: 'live' }, (shown) => {
      if (shown !== undefined) seen.push([...shown]);
      if (shown?.length === 2) resolve();
    });
  });
  await call('mutation', 'items:add', { list: 'live', text: 'first' });
  await call('mutation', 'items:add', { list: 'live', text: 'second' });
  await grown;
  client.close();
  return seen.at(-1);
}

/**
 * Writes to the list `down` while the way to the database breaks in several ways, and expects callers to be told, and what was
 * acknowledged to be there when all is well again, and nothing twice. Returns what is there then.
 */
export async function writeWhileTheNetworkFails(projectUrl: string, call: Call, proxy: FaultProxy): Promise<readonly string[]> {
  expect(await call('mutation', 'items:add', { list: 'down', text: 'before' })).toMatchObject({ status: 'success' });
  const client = createClient({ url: projectUrl });
  const acknowledged = ['before'];
  const sent: Promise<void>[] = [];
  const send = (text: string) =>
    client.mutation(add, { list: 'down', text }).then(
      () => void acknowledged.push(text),
      () => {},
    );

  await proxy.set({ type: 'refuse' });
  // The call that finds out ends with the engine; those after it are told why none starts.
  expect(await call('query', 'items:list', { list: 'down' })).toMatchObject({ status: 'error', code: 'engine/unavailable' });
  expect(await call('query', 'items:list', { list: 'down' })).toMatchObject({ status: 'error', code: 'provider/unreachable' });
  // Some commits happen and their answers are lost, some never arrive.
  for (const type of ['cut-after', 'cut-before', 'half-answer'] as const) {
    await proxy.set({ type: 'none' });
    await call('query', 'items:count');
    await send(`before ${sent.length}`);
    await proxy.set({ type });
    sent.push(send(`during ${sent.length}`), send(`during ${sent.length + 1}`));
    expect(await call('query', 'items:count')).toMatchObject({ status: 'error' });
  }
  await proxy.set({ type: 'none' });
  await Promise.all(sent);
  client.close();

  const { value } = await call('query', 'items:list', { list: 'down' });
  const there = Array.isArray(value) ? value.map(String) : [];
  expect(acknowledged.length).toBeGreaterThanOrEqual(4);
  expect(new Set(there).size).toBe(there.length);
  expect(acknowledged.filter((text) => !there.includes(text))).toEqual([]);
  return there;
}
