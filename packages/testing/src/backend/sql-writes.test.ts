/** `ctx.db.execute` of mutations. */
import { type AnyValue, anyApi, defineSchema, defineTable, internalMutation, mutation, query, v } from '@betterbase/core';
import { expect, test } from 'vitest';
import { TestEngine, valueOf } from '../world/test-engine.ts';
import { testStore } from '../world/test-store.ts';
import { betterbaseTest } from './betterbase-test.ts';

const api: AnyValue = anyApi;
const schema = defineSchema({
  users: defineTable({ name: v.string(), boss: v.optional(v.id('users', { onDelete: 'restrict' })) }).uniqueIndex('by_name', ['name']),
  tasks: defineTable({
    text: v.string(),
    done: v.boolean(),
    rank: v.optional(v.number()),
    owner: v.optional(v.id('users', { onDelete: 'cascade' })),
    near: v.optional(v.vector(2)),
    note: v.nullable(v.array(v.string())),
  })
    .index('by_rank', { fields: ['rank'], counted: true })
    .searchIndex('texts', { searchField: 'text' }),
});
const tasks = {
  write: mutation({
    args: { sql: v.string(), params: v.optional(v.array(v.any())) },
    handler: async (ctx, { sql, params = [] }) => [...(await ctx.db.execute(sql, params))],
  }),
  failing: internalMutation({
    args: {},
    handler: async (ctx) => {
      await ctx.db.execute("INSERT INTO tasks (text, done) VALUES ('nested', 0)");
      throw new Error('after writing');
    },
  }),
  open: query({ args: {}, handler: async (ctx) => await ctx.db.query('tasks').filter('done', 'eq', false).collect() }),
  first: query({
    args: { id: v.string() },
    handler: async (ctx, { id }) => [...(await ctx.db.execute('SELECT text FROM tasks WHERE _id = ?', [id]))],
  }),
};

function start() {
  const t = betterbaseTest(schema, { tasks });
  const write = async (sql: string, params: AnyValue[] = []): Promise<AnyValue> => await t.mutation(api.tasks.write, { sql, params });
  const all = async (table: string): Promise<AnyValue[]> => await t.run(async (ctx: AnyValue) => await ctx.db.query(table).collect());
  return { t, write, all };
}

test('what a mutation writes by SQL are documents like any others', async () => {
  const { t, write, all } = start();

  const [row] = await write(
    'INSERT INTO tasks (text, done, rank, near, note) VALUES (?, ?, ?, ?, NULL) RETURNING _id, _creationTime, text',
    ['buy milk', false, 2, Float32Array.of(1, 0.5).buffer],
  );
  await write("UPDATE tasks SET rank = rank + 1, text = text || ' and bread', note = '[\"a\"]'");

  expect(await all('tasks')).toEqual([
    { _id: row._id, _creationTime: row._creationTime, text: 'buy milk and bread', done: false, rank: 3, near: [1, 0.5], note: ['a'] },
  ]);
  const found = await t.run(async ({ db }: AnyValue) => [
    await db
      .query('tasks')
      .withSearchIndex('texts', (q: AnyValue) => q.search('text', 'bread'))
      .collect(),
    await db
      .query('tasks')
      .withIndex('by_rank', (q: AnyValue) => q.eq('rank', 3))
      .count(),
    await db
      .query('tasks')
      .withIndex('by_rank', (q: AnyValue) => q.eq('rank', 2))
      .count(),
    await db.similarity('tasks', [1, 0.5], { column: 'near' }),
    await db.get(row._id),
  ]);
  expect(found).toMatchObject([[{ _id: row._id }], 1, 0, [{ _id: row._id }], { _id: row._id }]);
});

test('SQL and ctx.db see each other inside a mutation, and are kept or taken back together', async () => {
  const { t, all } = start();
  const work = async (ctx: AnyValue): Promise<AnyValue> => {
    const id = await ctx.db.insert('tasks', { text: 'a', done: false, note: null });
    await ctx.db.execute('UPDATE tasks SET done = 1 WHERE _id = ?', [id]);
    const [{ other }] = await ctx.db.execute("INSERT INTO tasks (text, done) VALUES ('b', 0) RETURNING _id AS other");
    await ctx.db.patch(other, { rank: 7 });
    const seen = await ctx.db.execute('SELECT text, done, rank FROM tasks ORDER BY text');
    await ctx.db.delete(id);
    await ctx.db.execute('DELETE FROM tasks WHERE rank = 8');
    return seen;
  };

  await expect(
    t.run(async (ctx: AnyValue) => {
      await work(ctx);
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(await all('tasks')).toEqual([]);

  expect(await t.run(work)).toEqual([
    { text: 'a', done: 1, rank: null },
    { text: 'b', done: 0, rank: 7 },
  ]);
  expect(await all('tasks')).toMatchObject([{ text: 'b', done: false, rank: 7, note: null }]);
});

test('a nested mutation that throws takes back its statements alone', async () => {
  const { t, all } = start();

  await t.run(async (ctx: AnyValue) => {
    await ctx.db.execute("INSERT INTO tasks (text, done) VALUES ('mine', 0)");
    await ctx.runMutation(api.tasks.failing).catch(() => null);
  });

  expect((await all('tasks')).map(({ text }) => text)).toEqual(['mine']);
});

test('a statement whose documents the schema forbids changes nothing, and names the row', async () => {
  const { t, write, all } = start();
  const [{ _id }] = await write("INSERT INTO tasks (text, done) VALUES ('a', 0) RETURNING _id");

  const refused = write("UPDATE tasks SET owner = 'nobody'");

  await expect(refused).rejects.toMatchObject({ code: 'document/invalid', message: expect.stringContaining(_id) });
  await expect(refused).rejects.toThrow('`tasks.owner` should be');
  await expect(write('INSERT INTO tasks (done) VALUES (1)')).rejects.toThrow('`tasks.text` should be');
  const caught = await t.run(async (ctx: AnyValue) => {
    await ctx.db.execute('UPDATE tasks SET done = 1 RETURNING text = NULL').then();
    await ctx.db.execute("UPDATE tasks SET rank = 'x'").catch(() => null);
    return await ctx.db.query('tasks').collect();
  });
  expect(caught).toMatchObject([{ done: true }]);
  expect(await all('tasks')).toMatchObject([{ text: 'a', done: true }]);
});

test('foreign keys hold once the whole statement is done', async () => {
  const { t, write, all } = start();
  const [{ _id: boss }] = await write("INSERT INTO users (name) VALUES ('ada') RETURNING _id");
  await write("INSERT INTO users (name, boss) VALUES ('bob', ?)", [boss]);
  await write("INSERT INTO tasks (text, done, owner) SELECT name, 0, _id FROM users WHERE name = 'bob'");

  await expect(write("DELETE FROM users WHERE name = 'ada'")).rejects.toMatchObject({ code: 'document/referenced' });
  expect(await all('users')).toHaveLength(2);
  await write('DELETE FROM users');

  expect([await all('users'), await all('tasks')]).toEqual([[], []]);
  await expect(
    t.run(async (ctx: AnyValue) => {
      await ctx.db.execute("INSERT INTO tasks (text, done, owner) VALUES ('x', 0, ?)", [boss]);
    }),
  ).rejects.toMatchObject({ code: 'document/missing-reference' });
});

test('a unique index speaks, whichever door comes first', async () => {
  const { t, write } = start();
  await write("INSERT INTO users (name) VALUES ('ada')");

  await expect(write("INSERT INTO users (name) VALUES ('ada')")).rejects.toMatchObject({ code: 'document/not-unique' });
  await t.run(async (ctx: AnyValue) => {
    const [{ _id }] = await ctx.db.execute('DELETE FROM users RETURNING _id');
    await ctx.db.execute("INSERT INTO users (name) VALUES ('ada')");
    expect(await ctx.db.get(_id)).toBeNull();
  });
  expect(await write("INSERT INTO users (name) VALUES ('ada') ON CONFLICT (name) DO UPDATE SET name = 'eve' RETURNING name")).toEqual([
    { name: 'eve' },
  ]);
});

test('documents made by SQL are younger than those before and older than those after', async () => {
  const { t, all } = start();

  await t.run(async (ctx: AnyValue) => {
    await ctx.db.insert('users', { name: 'a' });
    await ctx.db.execute("INSERT INTO users (name) VALUES ('b'), ('c')");
    await ctx.db.insert('users', { name: 'd' });
    await ctx.db.execute("INSERT INTO users (name) SELECT name || 'e' FROM users ORDER BY name");
    await ctx.db.insert('users', { name: 'f' });
  });

  expect((await all('users')).map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'ae', 'be', 'ce', 'de', 'f']);
});

test('whoever watches sees what SQL writes, and a query by id hears of that document alone', async () => {
  const engine = await TestEngine.start({ app: { modules: { tasks }, schema }, store: testStore() });
  const write = (sql: string) => engine.turn([engine.mutationOperation('tasks:write', { sql })]);
  const inserted = await engine.mutation('tasks:write', { sql: "INSERT INTO tasks (text, done) VALUES ('a', 0), ('b', 1) RETURNING _id" });
  const [first] = valueOf(inserted) as AnyValue[];
  await engine.turn([
    { do: 'query', query: 1, call: engine.call('tasks:open'), pinned: true },
    { do: 'query', query: 2, call: engine.call('tasks:first', { id: first._id }), pinned: true },
  ]);

  const changed = await write("UPDATE tasks SET done = 0 WHERE text = 'b'");
  const renamed = await write("UPDATE tasks SET text = 'z' WHERE text = 'a'");
  const removed = await write("DELETE FROM tasks WHERE text = 'z'");

  const answers = ({ refreshed }: typeof changed) =>
    refreshed.map(({ query: number, outcome }) => [number, (valueOf(outcome) as AnyValue[]).map(({ text }) => text)]);
  expect(answers(changed)).toEqual([[1, ['a', 'b']]]);
  expect(answers(renamed).sort()).toEqual([
    [1, ['z', 'b']],
    [2, ['z']],
  ]);
  expect(answers(removed).sort()).toEqual([
    [1, ['b']],
    [2, []],
  ]);
});

test('many single statements in one mutation take time in proportion', async () => {
  const { t, all } = start();

  await t.run(async (ctx: AnyValue) => {
    for (let index = 0; index < 2_000; index++) await ctx.db.execute('INSERT INTO tasks (text, done) VALUES (?, 0)', [`t${index}`]);
  });

  expect(await all('tasks')).toHaveLength(2_000);
});
