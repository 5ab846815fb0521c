/** Another program writes to the engine's database by SQL. */
import { DatabaseSync } from 'node:sqlite';
import { defineSchema, defineTable, mutation, query, v } from '@betterbase/core';
import { type AppModule, decodeDocumentId, saveHostGlobals } from '@betterbase/engine';
import { beforeEach, expect, test } from 'vitest';
import { storeElsewhere, SqliteElsewhere } from '../elsewhere/index.ts';
import { TestEngine, valueOf } from './test-engine.ts';

/** How often each query ran. */
const runs = new Map<string, number>();

function counted(name: string): void {
  runs.set(name, (runs.get(name) ?? 0) + 1);
}

const app: Partial<AppModule> = {
  modules: {
    messages: {
      send: mutation({
        args: { channel: v.string(), body: v.string() },
        handler: async (ctx, message) => await ctx.db.insert('messages', message),
      }),
      raise: mutation({
        args: {},
        handler: async (ctx) => void (await ctx.db.execute('UPDATE messages SET stars = coalesce(stars, 0) + 1')),
      }),
      in: query({
        args: { channel: v.string() },
        handler: async (ctx, { channel }) => {
          counted(channel);
          const found = await ctx.db
            .query('messages')
            .withIndex('by_channel', (q) => q.eq('channel', channel))
            .collect();
          return found.map(({ body }) => body);
        },
      }),
      rated: query({
        args: {},
        handler: async (ctx) =>
          (
            await ctx.db
              .query('messages')
              .withIndex('by_stars', (q) => q.gt('stars', 2))
              .collect()
          ).map(({ body, stars }) => [body, stars ?? null]),
      }),
      find: query({
        args: { word: v.string() },
        handler: async (ctx, { word }) =>
          (
            await ctx.db
              .query('messages')
              .withSearchIndex('text', (q) => q.search('body', word))
              .collect()
          ).map(({ body }) => body),
      }),
      get: query({ args: { id: v.id('messages') }, handler: async (ctx, { id }) => await ctx.db.get(id) }),
      all: query({ args: {}, handler: async (ctx) => await ctx.db.query('messages').collect() }),
    },
    users: {
      all: query({ args: {}, handler: async (ctx) => (await ctx.db.query('users').collect()).map(({ name }) => name) }),
      add: mutation({ args: { name: v.string() }, handler: async (ctx, user) => void (await ctx.db.insert('users', user)) }),
    },
  },
  schema: defineSchema({
    messages: defineTable({ channel: v.string(), body: v.string(), stars: v.optional(v.number()), done: v.optional(v.boolean()) })
      .index('by_channel', ['channel'])
      .index('by_stars', ['stars'])
      .searchIndex('text', { searchField: 'body' }),
    users: defineTable({ name: v.string(), nick: v.optional(v.string()) })
      .uniqueIndex('by_name', ['name'])
      .uniqueIndex('by_nick', ['nick']),
  }),
};

interface World {
  readonly database: DatabaseSync;
  readonly sql: SqliteElsewhere;
  readonly engine: TestEngine;
}

async function world(database = new DatabaseSync(':memory:')): Promise<World> {
  const sql = new SqliteElsewhere(database);
  const host = { ...saveHostGlobals(globalThis), print: () => {} };
  const engine = await TestEngine.start({ app, store: storeElsewhere(sql), host, isDevelopment: false });
  return { database, sql, engine };
}

function count(database: DatabaseSync, table: string): number {
  return Number(database.prepare(`SELECT COUNT(*) AS n FROM ${table}`).get()?.['n']);
}

/** Watches a query from now on. */
async function watch({ engine }: World, number: number, path: string, args = {}): Promise<void> {
  await engine.turn([{ do: 'query', query: number, call: engine.call(path, args), pinned: true }]);
}

/** Which watched queries have a new answer once the engine has looked. */
async function look({ engine }: World): Promise<Record<number, unknown>> {
  const { refreshed } = await engine.turn([{ do: 'look' }]);
  return Object.fromEntries(refreshed.map(({ query: number, outcome }) => [number, valueOf(outcome)]));
}

beforeEach(() => runs.clear());

test('a row that another program inserts becomes a document with an id, and only queries that it touches run again', async () => {
  const here = await world();
  await here.engine.mutation('messages:send', { channel: 'a', body: 'one' });
  await watch(here, 1, 'messages:in', { channel: 'a' });
  await watch(here, 2, 'messages:in', { channel: 'b' });
  await watch(here, 3, 'users:all');

  here.database.exec("INSERT INTO messages (channel, body) VALUES ('a', 'two'), ('a', 'three')");

  expect(await look(here)).toEqual({ 1: ['one', 'two', 'three'] });
  expect(Object.fromEntries(runs)).toEqual({ a: 2, b: 1 });
  const rows = here.database.prepare('SELECT _id, _creationTime, _updatedTime FROM messages ORDER BY _seq').all();
  for (const { _id: id, _creationTime: created, _updatedTime: updated } of rows) {
    expect(decodeDocumentId(String(id))).not.toBeNull();
    expect(Math.abs(Number(created) - Date.now())).toBeLessThan(60_000);
    expect(Math.abs(Number(updated) - Date.now())).toBeLessThan(60_000);
  }
  expect(valueOf(await here.engine.query('messages:get', { id: String(rows[2]?.['_id']) }))).toMatchObject({ body: 'three' });
});

test('updates, deletes, upserts and replacements are seen where the row was and where it is', async () => {
  const here = await world();
  for (const body of ['one', 'two', 'three']) await here.engine.mutation('messages:send', { channel: 'a', body });
  await here.engine.mutation('users:add', { name: 'ann' });
  await watch(here, 1, 'messages:in', { channel: 'a' });
  await watch(here, 2, 'messages:in', { channel: 'b' });
  await watch(here, 3, 'users:all');

  here.database.exec("UPDATE messages SET channel = 'b' WHERE body = 'one'");
  expect(await look(here)).toEqual({ 1: ['two', 'three'], 2: ['one'] });

  here.database.exec("DELETE FROM messages WHERE body = 'two'");
  expect(await look(here)).toEqual({ 1: ['three'] });

  here.database.exec("INSERT INTO users (name) VALUES ('ann') ON CONFLICT (name) DO UPDATE SET name = 'anna'");
  expect(await look(here)).toEqual({ 3: ['anna'] });

  here.database.exec("INSERT OR REPLACE INTO users (name) VALUES ('anna')");
  expect(await look(here)).toEqual({});
  expect(count(here.database, 'users')).toBe(1);

  here.database.exec(
    "INSERT OR IGNORE INTO users (name) VALUES ('anna'); UPDATE messages SET body = body; DELETE FROM messages WHERE false",
  );
  expect(await look(here)).toEqual({});

  here.database.exec("DELETE FROM messages; INSERT INTO messages (channel, body) VALUES ('a', 'new')");
  expect(await look(here)).toEqual({ 1: ['new'], 2: [] });
});

test('what only the engine can write beside a row is there as soon as the engine has seen it: hidden keys, search, counts', async () => {
  const here = await world();
  await watch(here, 1, 'messages:rated');
  await watch(here, 2, 'messages:find', { word: 'milk' });

  here.database.exec("INSERT INTO messages (channel, body, stars, done) VALUES ('a', 'buy milk', 5, 1), ('a', 'call', 3, 0)");
  expect(await look(here)).toEqual({
    1: [
      ['call', 3],
      ['buy milk', 5],
    ],
    2: ['buy milk'],
  });

  here.database.exec("UPDATE messages SET stars = 1, body = 'sold' WHERE stars = 5; UPDATE messages SET body = 'milk!' WHERE stars = 3");
  expect(await look(here)).toEqual({ 1: [['milk!', 3]], 2: ['milk!'] });

  const store = storeElsewhere(here.sql);
  await store.open();
  const whole = { prefix: [], inclusive: true };
  expect(await store.count({ table: 'messages', index: 'by_channel', lower: whole, upper: whole })).toBe(2);
});

test('a row that no document can be is taken back, and kept aside with the reason; what was written with it stays', async () => {
  const here = await world();
  await here.engine.mutation('messages:send', { channel: 'a', body: 'one' });
  await here.engine.mutation('users:add', { name: 'ann' });
  await watch(here, 1, 'messages:in', { channel: 'a' });
  await watch(here, 2, 'users:all');

  here.database.exec(`
    INSERT INTO messages (channel, body, done) VALUES ('a', 'bad', 7);
    INSERT INTO messages (channel, body) VALUES ('a', x'00ff');
    INSERT INTO messages (channel, body) VALUES ('a', 'good');
    INSERT INTO messages (_id, channel, body) VALUES ('mine', 'a', 'bad');
    UPDATE messages SET body = NULL WHERE body = 'one';
    INSERT INTO users (name, nick) VALUES ('bob', 'b'), ('bert', 'b');
  `);

  expect(await look(here)).toEqual({ 1: ['one', 'good'], 2: ['ann', 'bob'] });
  const refused = here.database.prepare('SELECT table_name, code, written FROM _bb_refused ORDER BY number').all();
  expect(refused.map(({ table_name: table, code }) => `${String(table)} ${String(code)}`)).toEqual([
    'messages document/invalid',
    'messages document/invalid',
    'messages document/bad-id',
    'messages document/invalid',
    'users document/not-unique',
  ]);
  expect(JSON.parse(String(refused[4]?.['written']))).toMatchObject({ name: 'bert', nick: 'b' });
  expect(count(here.database, '_bb_changes')).toBe(0);
});

test('an id is nobody’s to change', async () => {
  const here = await world();
  await here.engine.mutation('messages:send', { channel: 'a', body: 'one' });
  const before = here.database.prepare('SELECT _id, _seq FROM messages').get();

  here.database.exec("UPDATE messages SET _id = 'other'");
  await look(here);

  expect(here.database.prepare('SELECT _id, _seq FROM messages').get()).toEqual(before);
  expect(here.database.prepare('SELECT code FROM _bb_refused').get()).toEqual({ code: 'document/bad-id' });
});

test('a mutation or a query that meets others’ writes begins anew, and nobody notices', async () => {
  const here = await world();
  await watch(here, 1, 'messages:in', { channel: 'a' });
  here.database.exec("INSERT INTO messages (channel, body) VALUES ('a', 'theirs')");

  const { results, refreshed } = await here.engine.turn([
    here.engine.mutationOperation('messages:send', { channel: 'a', body: 'ours' }),
    { do: 'query', query: 2, call: here.engine.call('messages:in', { channel: 'a' }), pinned: false },
  ]);

  expect(results[0]).toMatchObject({ do: 'mutation', outcome: { ok: true } });
  expect(results[1]).toMatchObject({ do: 'query', answer: { outcome: { value: '["theirs","ours"]' } } });
  expect(refreshed).toMatchObject([{ query: 1, outcome: { value: '["theirs","ours"]' } }]);
  expect(count(here.database, 'messages')).toBe(2);
});

test('what was written while no engine ran is taken over by the first turn', async () => {
  const here = await world();
  await here.engine.mutation('messages:send', { channel: 'a', body: 'one' });
  here.database.exec("INSERT INTO messages (channel, body, stars) VALUES ('a', 'two', 9)");

  const again = await world(here.database);

  expect(valueOf(await again.engine.query('messages:rated'))).toEqual([['two', 9]]);
  expect(valueOf(await again.engine.query('messages:all'))).toHaveLength(2);
  expect(count(here.database, '_bb_changes')).toBe(0);
});

test('commits of the engine are not noted, and take one round trip as before', async () => {
  const here = await world();
  const before = here.sql.trips;

  await here.engine.mutation('messages:send', { channel: 'a', body: 'one' });

  expect(here.sql.trips - before).toBe(1);
  expect(await here.engine.mutation('messages:raise')).toMatchObject({ ok: true });
  expect(count(here.database, '_bb_changes')).toBe(0);
  expect(here.database.prepare('SELECT ours FROM _bb_meta').get()).toEqual({ ours: 0 });
});

test('a version that another engine made is no outside write: whoever is behind is lost, also when others wrote in between', async () => {
  const here = await world();
  const zombie = await world(here.database);
  await zombie.engine.query('messages:all');
  here.database.exec("INSERT INTO messages (channel, body) VALUES ('a', 'theirs')");
  await here.engine.mutation('messages:send', { channel: 'a', body: 'ours' });

  await expect(zombie.engine.query('messages:all')).rejects.toMatchObject({ code: 'commit/conflict' });
  await expect(zombie.engine.mutation('messages:send', { channel: 'a', body: 'late' })).rejects.toMatchObject({ code: 'commit/conflict' });

  expect(valueOf(await here.engine.query('messages:in', { channel: 'a' }))).toEqual(['theirs', 'ours']);
});

test('thousands of rows written at once are taken over in steps', async () => {
  const here = await world();
  await watch(here, 1, 'messages:in', { channel: 'a' });
  here.database.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
    INSERT INTO messages (channel, body, stars) SELECT 'a', 'm' || i, i FROM n`);

  const { 1: bodies } = await look(here);

  expect(bodies).toHaveLength(1000);
  expect(valueOf(await here.engine.query('messages:rated'))).toHaveLength(998);
});

test('a kept query that others touch while nobody runs is stale when the engine wakes, and the others are not', async () => {
  const database = new DatabaseSync(':memory:');
  const sql = new SqliteElsewhere(database);
  const store = storeElsewhere(sql);
  const host = { ...saveHostGlobals(globalThis), print: () => {} };
  const engine = await TestEngine.start({ app, store, host, isDevelopment: false });
  const here: World = { database, sql, engine };
  await engine.mutation('messages:send', { channel: 'a', body: 'one' });
  await watch(here, 1, 'messages:in', { channel: 'a' });
  await watch(here, 2, 'messages:in', { channel: 'b' });
  await engine.keep();
  database.exec("INSERT INTO messages (channel, body) VALUES ('a', 'two')");
  runs.clear();

  // The same disk, and nothing in memory.
  await store.open();
  const reborn = engine.reborn();
  await reborn.engine.status();

  expect(await look({ database, sql, engine: reborn })).toEqual({ 1: ['one', 'two'] });
  expect(Object.fromEntries(runs)).toEqual({ a: 1 });
});
