/** Pages through the whole platform, over raw sockets: what a client brings back, it gets back. */
import type { AnswerChange } from '@betterbase/protocol';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { RawSocket } from './test/raw-socket.ts';

const app = `
import { defineSchema, defineTable, mutation, paginationOptsValidator, query, v } from './runtime.js';
const items = {
  list: query({
    args: { paginationOpts: paginationOptsValidator },
    handler: async ({ db }, { paginationOpts }) => {
      const result = await db.query('items').withIndex('by_rank').paginate(paginationOpts);
      return { ...result, page: result.page.map(({ rank }) => rank) };
    },
  }),
  plain: query({
    args: { cursor: v.nullable(v.string()), numItems: v.number() },
    handler: async ({ db }, { cursor, numItems }) => {
      const { page, isDone, continueCursor } = await db.query('items').withIndex('by_rank').paginate({ cursor, numItems });
      return { page: page.map(({ rank }) => rank), isDone, cursor: continueCursor };
    },
  }),
  fill: mutation({ args: { ranks: v.array(v.number()) }, handler: async ({ db }, { ranks }) => {
    for (const item of await db.query('items').collect()) await db.delete(item._id);
    for (const rank of ranks) await db.insert('items', { rank });
  } }),
  add: mutation({ args: { rank: v.number() }, handler: async ({ db }, { rank }) => { await db.insert('items', { rank }); } }),
};
export const modules = { items };
export const schema = defineSchema({ items: defineTable({ rank: v.number() }).index('by_rank', ['rank']) });
`;

type Answer = Extract<AnswerChange, { readonly value: unknown }> & {
  readonly value: { readonly page: number[]; readonly isDone: boolean; readonly continueCursor: string };
};

let platform: LocalPlatform;

beforeAll(async () => {
  platform = await startLocalPlatform({ host: 'loader', app });
  await platform.deploy('pages', app);
});

beforeEach(() => call('mutation', 'items:fill', { ranks: [1, 2, 3, 4, 5, 6, 7] }));

afterAll(() => platform.stop());

test('journals survive a lost connection: pages end where they did, and the next one starts there', async () => {
  const before = await open();
  const first = await ask(before, 1, { numItems: 3, cursor: null });
  const second = await ask(before, 2, { numItems: 3, cursor: first.value.continueCursor });
  expect([first.value.page, second.value.page]).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  before.cut();
  await call('mutation', 'items:add', { rank: 1.5 });
  await call('mutation', 'items:add', { rank: 3.5 });

  const after = await open();
  const firstAgain = await ask(after, 1, { numItems: 3, cursor: null }, first);
  const secondAgain = await ask(after, 2, { numItems: 3, cursor: first.value.continueCursor }, second);

  expect([firstAgain.value.page, secondAgain.value.page]).toEqual([
    [1, 1.5, 2, 3],
    [3.5, 4, 5, 6],
  ]);
  expect([firstAgain.value.continueCursor, secondAgain.value.continueCursor]).toEqual([
    first.value.continueCursor,
    second.value.continueCursor,
  ]);
});

test('a page that did not change is not sent again', async () => {
  const before = await open();
  const { hash, journal = '' } = await ask(before, 1, { numItems: 3, cursor: null });
  before.cut();

  const after = await open();
  after.send({
    type: 'watch',
    add: [{ id: 1, path: 'items:list', args: { paginationOpts: { numItems: 3, cursor: null } }, hash, journal }],
    remove: [],
  });

  expect(await after.next()).toMatchObject({ changes: [{ id: 1, same: true }] });
});

test('journals survive a deployment', async () => {
  const socket = await open();
  await ask(socket, 1, { numItems: 3, cursor: null });
  await platform.deploy('pages', `${app}\n// again`);
  await call('mutation', 'items:add', { rank: 0.5 });

  const { changes } = await transition(socket, (change) => 'value' in change);
  expect(changes).toMatchObject([{ value: { page: [0.5, 1, 2, 3] } }]);
});

test('a journal that is none costs its client stable pages, and nothing else', async () => {
  const socket = await open();
  socket.send({
    type: 'watch',
    add: [{ id: 1, path: 'items:list', args: { paginationOpts: { numItems: 2, cursor: null } }, journal: 'nonsense' }],
    remove: [],
  });

  expect(await socket.next()).toMatchObject({ changes: [{ id: 1, value: { page: [1, 2] } }] });
});

test('a function with words of its own is given cursor and numItems', async () => {
  const first = await call('query', 'items:plain', { paginationOpts: { numItems: 4, cursor: null } });
  expect(first).toMatchObject({ status: 'success', value: { page: [1, 2, 3, 4], isDone: false } });

  const { value } = first as { readonly value: { readonly cursor: string } };
  expect(await call('query', 'items:plain', { numItems: 4, cursor: value.cursor })).toMatchObject({
    value: { page: [5, 6, 7], isDone: true },
  });
});

async function open(): Promise<RawSocket> {
  const socket = await RawSocket.open(`${platform.url}/p/pages/realtime`);
  onTestFinished(() => socket.close());
  await socket.connect();
  return socket;
}

/** Watches a page, as a client does that holds an earlier answer, and returns its answer. */
async function ask(
  socket: RawSocket,
  id: number,
  paginationOpts: { numItems: number; cursor: string | null },
  held?: Answer,
): Promise<Answer> {
  const known = held === undefined ? {} : { hash: held.hash, journal: held.journal ?? '' };
  socket.send({ type: 'watch', add: [{ id, path: 'items:list', args: { paginationOpts }, ...known }], remove: [] });
  const { changes } = await transition(socket, (change) => change.id === id);
  return changes.find((change) => change.id === id) as Answer;
}

/** The next transition with such a change in it. */
async function transition(socket: RawSocket, isWanted: (change: AnswerChange) => boolean) {
  for (;;) {
    const message = await socket.next();
    if (message.type === 'transition' && message.changes.some(isWanted)) return message;
  }
}

async function call(kind: 'query' | 'mutation', path: string, args: object): Promise<unknown> {
  const response = await fetch(`${platform.url}/p/pages/api/${kind}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ path, args }),
  });
  return await response.json();
}
