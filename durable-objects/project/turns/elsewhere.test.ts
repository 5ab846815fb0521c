/** Engines whose documents rest in a database elsewhere, which others reach, and to which connections are lost. */
import { DatabaseSync } from 'node:sqlite';
import { defineSchema, defineTable, mutation, query, v } from '@betterbase/core';
import { type AppModule, type EngineDoor, type HostGlobals, ReactiveEngine, type TurnOperation } from '@betterbase/engine';
import { type RemoteSql, RemoteSqlError } from '@betterbase/providers';
import { forEachSeed, type Seeded } from '@betterbase/testing';
import { SqliteElsewhere, storeElsewhere } from '@betterbase/testing/elsewhere';
import { expect, test } from 'vitest';
import { Deadline } from './deadline.ts';
import { EngineLink } from './engine-link.ts';

const app: AppModule = {
  modules: {
    counters: {
      add: mutation({
        args: { name: v.string(), note: v.string() },
        handler: async (ctx, { name, note }) => {
          const counter = await ctx.db
            .query('counters')
            .withIndex('by_name', (q) => q.eq('name', name))
            .unique();
          if (counter === null) await ctx.db.insert('counters', { name, value: 1 });
          else await ctx.db.patch(counter._id, { value: Number(counter['value']) + 1 });
          await ctx.db.insert('notes', { note });
          return Number(counter?.['value'] ?? 0) + 1;
        },
      }),
      all: query({
        args: {},
        handler: async (ctx) => {
          const counters = await ctx.db.query('counters').collect();
          return {
            sum: counters.reduce((sum, { value }) => sum + Number(value), 0),
            notes: (await ctx.db.query('notes').collect()).length,
          };
        },
      }),
      /** It goes on whatever the database says. */
      stubborn: query({
        args: {},
        handler: async (ctx) => {
          const notes = await ctx.db
            .query('notes')
            .collect()
            .catch(() => []);
          return notes.length;
        },
      }),
    },
  },
  schema: defineSchema({
    counters: defineTable({ name: v.string(), value: v.number() }).uniqueIndex('by_name', ['name']),
    notes: defineTable({ note: v.string() }),
  }),
  http: null,
};

/** Loses what `faults` says: the batch before it is carried out, or the answer after. */
class Unreliable implements RemoteSql {
  readonly dialect = 'sqlite';
  readonly #sql: RemoteSql;
  faults: (mode: 'read' | 'write') => 'before' | 'after' | null = () => null;

  constructor(sql: RemoteSql) {
    this.#sql = sql;
  }

  async batch(statements: Parameters<RemoteSql['batch']>[0], mode: 'read' | 'write'): ReturnType<RemoteSql['batch']> {
    await new Promise((resolve) => setImmediate(resolve));
    const fault = this.faults(mode);
    if (fault === 'before') throw new RemoteSqlError({ kind: mode === 'write' ? 'unknown' : 'unreachable' }, 'connection lost');
    const results = await this.#sql.batch(statements, mode);
    if (fault === 'after') throw new RemoteSqlError({ kind: 'unknown' }, 'connection lost');
    return results;
  }
}

const host: HostGlobals = {
  now: () => Date.now(),
  setTimeout: (callback, ms) => Number(setTimeout(callback, ms)),
  clearTimeout: (timer) => clearTimeout(timer),
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  print: () => {},
};

async function linkTo(sql: RemoteSql): Promise<{ link: EngineLink; lost: unknown[] }> {
  const lost: unknown[] = [];
  let engine: EngineDoor | null = null;
  const start = (): EngineDoor => new ReactiveEngine({ app, store: storeElsewhere(sql), host, isDevelopment: false });
  const deadline = new Deadline({ milliseconds: 30_000, timer: { after: () => () => {} }, now: () => 0 });
  const link = new EngineLink({
    host: { start: () => (engine ??= start()), abort: () => (engine = null) },
    deadline,
    migrationDeadline: deadline,
    code: { load: async () => {}, deployment: () => 'd1', adopt: () => 'd1', confirm: () => {}, consent: () => null },
    prepare: async () => {},
    jobs: { armedAt: Number.MAX_SAFE_INTEGER, guard: async () => {}, wantedAt: () => {} },
    onLost: (failure) => lost.push(failure),
  });
  await link.open();
  return { link, lost };
}

let requests = 0;

function add(name: string, session: string | null, id = `m${++requests}`): TurnOperation {
  const call = { path: 'counters:add', args: JSON.stringify({ name, note: id }), identity: null, reach: 'public', requestId: id } as const;
  return { do: 'mutation', request: { session, id }, call };
}

function ask(path: string): TurnOperation {
  return { do: 'query', query: 1, pinned: false, call: { path, args: '{}', identity: null, reach: 'public', requestId: `q${++requests}` } };
}

/** What became of each operation, however often the turn has to be made. */
async function carryOut(link: EngineLink, operations: readonly TurnOperation[]): Promise<string[]> {
  for (;;) {
    const turn = await link.turn(operations);
    if (turn.state === 'restarted') continue;
    return turn.results.map((result) => {
      if (result.do === 'mutation') return result.outcome.ok ? result.outcome.value : result.outcome.error.code;
      if (result.do === 'query') return result.answer.outcome.ok ? result.answer.outcome.value : result.answer.outcome.error.code;
      return result.do;
    });
  }
}

test('an engine that does not know that another has committed gives nothing of an old version, and goes on with the new one', async () => {
  const sql = new SqliteElsewhere(new DatabaseSync(':memory:'));
  const [one, other] = [await linkTo(sql), await linkTo(sql)];

  expect(await carryOut(one.link, [add('a', null), add('a', null)])).toEqual(['1', '2']);
  expect(await carryOut(other.link, [ask('counters:all')])).toEqual(['{"sum":2,"notes":2}']);
  expect(await carryOut(other.link, [add('a', null)])).toEqual(['3']);
  expect(await carryOut(one.link, [ask('counters:stubborn')])).toEqual(['3']);
  expect([one.lost, other.lost]).toMatchObject([[{ code: 'commit/conflict' }], [{ code: 'commit/conflict' }]]);
});

test('a mutation whose answer is lost happens once, and its caller hears what it gave', async () => {
  for (const session of ['session', null]) {
    const sql = new Unreliable(new SqliteElsewhere(new DatabaseSync(':memory:')));
    const { link, lost } = await linkTo(sql);
    for (const fault of ['before', 'after'] as const) {
      let faults = 1;
      sql.faults = (mode) => (mode === 'write' && faults-- > 0 ? fault : null);
      expect(await carryOut(link, [add('a', session), add('b', session)])).toEqual(fault === 'before' ? ['1', '1'] : ['2', '2']);
    }
    expect(await carryOut(link, [ask('counters:all')])).toEqual(['{"sum":4,"notes":4}']);
    expect(lost).toMatchObject([{ code: 'provider/outcome-unknown' }, { code: 'provider/outcome-unknown' }]);
  }
});

test('three engines on one database that loses connections: what was answered has happened once, and nothing else but what nobody heard of', async () => {
  await forEachSeed(25, async (random) => {
    const database = new SqliteElsewhere(new DatabaseSync(':memory:'));
    const links: { readonly sql: Unreliable; readonly link: EngineLink }[] = [];
    for (let engines = 0; engines < 3; engines++) {
      const sql = new Unreliable(database);
      links.push({ sql, ...(await linkTo(sql)) });
    }
    for (const { sql } of links) sql.faults = () => (random.chance(0.04) ? (random.chance(0.5) ? 'before' : 'after') : null);
    const answered: string[] = [];
    const unheard: string[] = [];
    await Promise.all(links.map(({ link }, at) => drive(link, `session-${at}`, random, { answered, unheard })));
    for (const { sql } of links) sql.faults = () => null;

    const judge = await linkTo(database);
    const [text = ''] = await carryOut(judge.link, [ask('counters:all')]);
    const { sum, notes } = JSON.parse(text) as { sum: number; notes: number };
    expect(sum).toBe(notes);
    expect(notes).toBeGreaterThanOrEqual(answered.length);
    expect(notes).toBeLessThanOrEqual(answered.length + unheard.length);
  });
}, 30_000);

/** Sends mutations, one or two together; of those that nobody could answer it is not known whether they happened. */
async function drive(
  link: EngineLink,
  session: string,
  random: Seeded,
  heard: { readonly answered: string[]; readonly unheard: string[] },
): Promise<void> {
  for (let turn = 0; turn < 6; turn++) {
    const batch = Array.from({ length: 1 + random.below(2) }, () => add(random.pick(['a', 'b']), random.chance(0.5) ? session : null));
    await link.open().catch(() => {});
    const results = await carryOut(link, batch).catch(() => batch.map(() => 'unavailable'));
    for (const result of results) (/^\d+$/.test(result) ? heard.answered : heard.unheard).push(result);
    for (const result of results) expect(['unavailable', result.match(/^\d+$/)?.[0]]).toContain(result);
  }
}
