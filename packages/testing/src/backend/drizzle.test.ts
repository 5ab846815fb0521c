/** `ctx.db.drizzle`: Drizzle over the tables of a schema. */
import { type AnyValue, definePolicy, defineSchema, defineTable, mutation, query, v } from '@betterbase/core';
import * as column from '@betterbase/core/drizzle';
import { count, desc, eq, gt, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { TestEngine, valueOf } from '../world/test-engine.ts';
import { testStore } from '../world/test-store.ts';
import { betterbaseTest } from './betterbase-test.ts';

const schema = defineSchema({
  users: defineTable({ name: v.string(), age: v.optional(v.number()) }).uniqueIndex('by_name', ['name']),
  tasks: defineTable({
    text: v.string(),
    done: v.boolean(),
    owner: v.optional(v.id('users')),
    tags: v.optional(v.array(v.string())),
    size: v.optional(v.int64()),
    near: v.optional(v.vector(2)),
    raw: v.optional(v.bytes()),
  }),
});

const users = column.sqliteTable('users', {
  ...column.systemColumns<string>(),
  name: column.text('name').notNull(),
  age: column.real('age'),
});
const tasks = column.sqliteTable('tasks', {
  ...column.systemColumns<string>(),
  text: column.text('text').notNull(),
  done: column.integer('done', { mode: 'boolean' }).notNull(),
  owner: column.text('owner'),
  tags: column.json('tags').$type<string[]>(),
  size: column.int64('size'),
  near: column.vector('near'),
  raw: column.bytes('raw'),
});
const usersRelations = column.relations(users, ({ many }) => ({ tasks: many(tasks) }));
const tasksRelations = column.relations(tasks, ({ one }) => ({ user: one(users, { fields: [tasks.owner], references: [users._id] }) }));
const tables = { users, tasks, usersRelations, tasksRelations };

const start = () => betterbaseTest(schema, {});
/** What `_generated/drizzle` makes of `ctx.db.drizzle`. */
const over = (ctx: AnyValue) => column.drizzle(ctx.db, tables);

test('ctx.db.drizzle wants the schema to be imported, and is there from then on', async () => {
  const t = start();

  await expect(t.run(async (ctx: AnyValue) => await ctx.db.drizzle.select())).rejects.toMatchObject({ code: 'query/no-drizzle' });
  column.useDrizzle(tables);

  expect(await t.query(async (ctx: AnyValue) => await ctx.db.drizzle.select().from(users))).toEqual([]);
});

test('values are what they are in documents, there and back', async () => {
  const t = start();
  const values = { text: 'a', done: true, tags: ['x', "it's"], size: 5n, near: [0.5, -2], raw: Uint8Array.of(1, 2).buffer };

  const [made] = await t.run(async (ctx: AnyValue) => await over(ctx).insert(tasks).values(values).returning());

  const [document] = await t.run(async (ctx: AnyValue) => await ctx.db.query('tasks').collect());
  expect(document).toEqual({ ...values, _id: made?._id, _creationTime: made?._creationTime });
  expect(await t.run(async (ctx: AnyValue) => await over(ctx).select().from(tasks))).toEqual([
    { ...values, _id: made?._id, _creationTime: made?._creationTime, _updatedTime: expect.any(Number), owner: null },
  ]);
});

test('selects join, filter, group and order, and are prepared', async () => {
  const t = start();

  const found = await t.run(async (ctx: AnyValue) => {
    const db = over(ctx);
    const [ada, bob] = await db
      .insert(users)
      .values([{ name: 'ada', age: 36 }, { name: 'bob' }])
      .returning({ id: users._id });
    await db.insert(tasks).values([
      { text: 'a', done: false, owner: ada?.id ?? null },
      { text: 'b', done: true, owner: ada?.id ?? null },
      { text: 'c', done: true, owner: bob?.id ?? null },
    ]);
    const byName = db
      .select({ text: tasks.text })
      .from(tasks)
      .innerJoin(users, eq(users._id, tasks.owner))
      .where(eq(users.name, sql.placeholder('name')))
      .orderBy(desc(tasks.text))
      .limit(5)
      .prepare();
    return {
      ada: await byName.all({ name: 'ada' }),
      bob: await byName.get({ name: 'bob' }),
      nobody: (await byName.get({ name: 'eve' })) ?? 'none',
      joined: (await db.select().from(tasks).leftJoin(users, eq(users._id, tasks.owner)).where(gt(users.age, 30))).map((row) => [
        row.tasks.text,
        row.users?.name,
      ]),
      counts: await db
        .select({ name: users.name, tasks: count(tasks._id) })
        .from(users)
        .leftJoin(tasks, eq(tasks.owner, users._id))
        .groupBy(users._id)
        .orderBy(users.name),
      all: await db.$count(tasks),
    };
  });

  expect(found).toEqual({
    ada: [{ text: 'b' }, { text: 'a' }],
    bob: { text: 'c' },
    nobody: 'none',
    joined: [
      ['a', 'ada'],
      ['b', 'ada'],
    ],
    counts: [
      { name: 'ada', tasks: 2 },
      { name: 'bob', tasks: 1 },
    ],
    all: 3,
  });
});

test('relational queries nest what belongs together', async () => {
  const t = start();

  const found = await t.run(async (ctx: AnyValue) => {
    const db = over(ctx);
    const [ada] = await db.insert(users).values({ name: 'ada' }).returning();
    await db.insert(tasks).values({ text: 'a', done: true, owner: ada?._id ?? null, tags: ['x'] });
    return {
      users: await db.query.users.findMany({
        columns: { name: true },
        with: { tasks: { columns: { text: true, done: true, tags: true } } },
      }),
      task: await db.query.tasks.findFirst({ columns: { text: true }, with: { user: { columns: { name: true } } } }),
    };
  });

  expect(found).toEqual({
    users: [{ name: 'ada', tasks: [{ text: 'a', done: true, tags: ['x'] }] }],
    task: { text: 'a', user: { name: 'ada' } },
  });
});

test('updates, deletes and upserts are writes of the mutation, and a transaction that fails takes back its own', async () => {
  const t = start();

  const names = await t.run(async (ctx: AnyValue) => {
    const db = over(ctx);
    await db.insert(users).values({ name: 'ada', age: 1 });
    await db
      .insert(users)
      .values({ name: 'ada', age: 2 })
      .onConflictDoUpdate({ target: users.name, set: { age: 7 } });
    await db
      .update(users)
      .set({ age: sql`${users.age} + 1` })
      .where(eq(users.name, 'ada'));
    await db.transaction(async (inner) => {
      await inner.insert(users).values({ name: 'bob' });
      await inner
        .transaction(async (innermost) => {
          await innermost.insert(users).values({ name: 'eve' });
          innermost.rollback();
        })
        .catch(() => null);
    });
    await db.batch([db.insert(users).values({ name: 'fay' }), db.delete(users).where(eq(users.name, 'nobody'))]);
    return (await ctx.db.query('users').collect()).map((user: AnyValue) => [user.name, user.age ?? null]);
  });

  expect(names).toEqual([
    ['ada', 8],
    ['bob', null],
    ['fay', null],
  ]);
  await expect(t.run(async (ctx: AnyValue) => await over(ctx).insert(users).values({ name: 'ada' }))).rejects.toMatchObject({
    code: 'document/not-unique',
  });
  await expect(t.query(async (ctx: AnyValue) => await over(ctx).delete(users))).rejects.toMatchObject({ code: 'query/bad-sql' });
  await expect(
    t.run(
      async (ctx: AnyValue) =>
        await over(ctx)
          .insert(tasks)
          .values({ text: 'big', done: true, size: 2n ** 60n }),
    ),
  ).rejects.toThrow('beyond what SQL keeps exactly');
});

test('what Drizzle reads is tracked, and what it writes reaches those who watch', async () => {
  const modules = {
    tasks: {
      open: query({
        args: {},
        handler: async (ctx) => await over(ctx).select({ text: tasks.text }).from(tasks).where(eq(tasks.done, false)),
      }),
      add: mutation({
        args: { text: v.string() },
        handler: async (ctx, { text }) => void (await over(ctx).insert(tasks).values({ text, done: false })),
      }),
      greet: mutation({ args: {}, handler: async (ctx) => void (await over(ctx).insert(users).values({ name: 'ada' })) }),
    },
  };
  const engine = await TestEngine.start({ app: { modules, schema }, store: testStore() });
  await engine.turn([{ do: 'query', query: 1, call: engine.call('tasks:open'), pinned: true }]);

  const added = await engine.turn([engine.mutationOperation('tasks:add', { text: 'a' })]);
  const greeted = await engine.turn([engine.mutationOperation('tasks:greet')]);

  expect(added.refreshed.map(({ outcome }) => valueOf(outcome))).toEqual([[{ text: 'a' }]]);
  expect(greeted.refreshed).toEqual([]);
});

test('as a user, Drizzle reads the rows that are seen and writes nothing', async () => {
  const t = betterbaseTest(schema, { './policies/users.policy.ts': { default: definePolicy('users', { select: 'name = auth.uid()' }) } });
  await t.run(async ({ db }: AnyValue) => {
    for (const name of ['ann', 'bob']) await db.insert('users', { name });
  });
  const ann = t.withIdentity({ subject: 'ann' });
  const asUser = ({ db }: AnyValue) => column.drizzle(db.asUser(), tables);

  expect(await ann.query(async (ctx: AnyValue) => await asUser(ctx).select({ name: users.name }).from(users))).toEqual([{ name: 'ann' }]);
  await expect(ann.mutation(async (ctx: AnyValue) => await asUser(ctx).delete(users))).rejects.toMatchObject({ code: 'query/bad-sql' });
});
