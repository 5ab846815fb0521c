/** `ctx.db.analyze`: how something was read, and which index would help. */
import { type AnyValue, anyApi, defineSchema, defineTable, query, v } from '@betterbase/core';
import { beforeAll, expect, test } from 'vitest';
import { betterbaseTest } from './betterbase-test.ts';

const api: AnyValue = anyApi;
const schema = defineSchema({
  users: defineTable({ name: v.string() }),
  tasks: defineTable({ text: v.string(), done: v.boolean(), rank: v.optional(v.number()), owner: v.id('users') }).index('by_owner', [
    'owner',
  ]),
});
const tasks = {
  open: query({
    args: { owner: v.string() },
    handler: async ({ db }, { owner }) => await db.query('tasks').filter('owner', 'eq', owner).collect(),
  }),
};
const t = betterbaseTest(schema, { tasks });
let owner = '';
const analyze = async (work: (db: AnyValue) => AnyValue, ...params: AnyValue[]): Promise<AnyValue> =>
  await t.query(async ({ db }: AnyValue) => await db.analyze(work(db), ...params));

beforeAll(async () => {
  owner = await t.run(async ({ db }: AnyValue) => {
    const ids = [await db.insert('users', { name: 'ada' }), await db.insert('users', { name: 'bob' })];
    for (let task = 0; task < 200; task++)
      await db.insert('tasks', { text: `t${task}`, done: task % 50 === 0, rank: task, owner: ids[task % 2] });
    return ids[0];
  });
});

test('a filter without an index reads the whole table, and the index that would help is said', async () => {
  expect(
    await analyze((db) => db.query('tasks').filter((q: AnyValue) => q.and(q.eq(q.field('done'), true), q.gt(q.field('rank'), 5)))),
  ).toEqual({
    plan: ['Reads all of `tasks` in order of creation: 200 documents, keeps 3 that pass the filter on `done`, `rank`.'],
    tables: ['tasks'],
    rowsRead: 200,
    rowsReturned: 3,
    estimatedCost: 200,
    fullScans: ['tasks'],
    watches: [{ table: 'tasks', by: 'table' }],
    suggestedIndexes: ["tasks: .index('by_done_and_rank', ['done', 'rank'])"],
    isSlow: true,
  });
});

test('a range of an index is read precisely, and a filter on top of it asks for a longer index', async () => {
  const byOwner = (q: AnyValue): AnyValue => q.eq('owner', owner);

  expect(await analyze((db) => db.query('tasks').withIndex('by_owner', byOwner))).toMatchObject({
    plan: ['Reads a range of `tasks` by index `by_owner` where `owner` is given: 100 documents.'],
    rowsRead: 100,
    rowsReturned: 100,
    fullScans: [],
    watches: [{ table: 'tasks', by: 'range' }],
    suggestedIndexes: [],
    isSlow: false,
  });
  expect(await analyze((db) => db.query('tasks').withIndex('by_owner', byOwner).filter('done', 'eq', true))).toMatchObject({
    rowsReturned: 4,
    suggestedIndexes: ["tasks: .index('by_owner_and_done', ['owner', 'done'])"],
  });
  expect(await analyze((db) => db.query('tasks').order('desc', 'rank'))).toMatchObject({
    suggestedIndexes: ["tasks: .index('by_rank', ['rank'])"],
  });
});

test('an index that is there already is named', async () => {
  expect(await analyze((db) => db.query('tasks').filter('owner', 'eq', owner))).toMatchObject({
    suggestedIndexes: ["tasks: is there: .withIndex('by_owner', (q) => q.eq('owner', …))"],
  });
});

test('a function is analyzed with all that it reads', async () => {
  const analysis = await t.query(
    async ({ db, runQuery }: AnyValue) => await db.analyze(async () => [await db.get(owner), await runQuery(api.tasks.open, { owner })]),
  );

  expect(analysis).toMatchObject({
    tables: ['tasks', 'users'],
    watches: [
      { table: 'tasks', by: 'table' },
      { table: 'users', by: 'document' },
    ],
  });
  expect(analysis.plan).toContain('Gets a document of `users` by id.');
});

test('SQL is analyzed by the plan of the database', async () => {
  expect(await analyze(() => 'SELECT text FROM tasks AS t WHERE t.done = ? AND rank > 3 ORDER BY text', [true])).toMatchObject({
    plan: [
      'Reads all of `tasks`.',
      'Sorts in memory for ORDER BY.',
      'No index on `rank` of `tasks` can serve SQL, which compares columns of required strings and booleans only: read with ctx.db.query and withIndex.',
    ],
    fullScans: ['tasks'],
    watches: [{ table: 'tasks', by: 'table' }],
    suggestedIndexes: ["tasks: .index('by_done', ['done'])"],
    rowsReturned: 3,
  });
  expect(await analyze(() => 'SELECT name FROM users WHERE _id = ?', [owner])).toMatchObject({
    plan: ['Looks into `users` by `users.by_id` (_id=?).'],
    watches: [{ table: 'users', by: 'document' }],
    suggestedIndexes: [],
  });
});

test('what is no query is refused', async () => {
  await expect(analyze(() => 7)).rejects.toMatchObject({ code: 'query/bad-filter' });
});
