/**
 * Callers and watchers of a project whose documents rest far away: commits overtake each other, arrive late, are lost before
 * and after they have happened, and now and then another engine takes itself for the only one.
 */
import { DatabaseSync } from 'node:sqlite';
import { defineSchema, defineTable, mutation, query, v } from '@betterbase/core';
import { type AppModule, type EngineDoor, type HostGlobals, ReactiveEngine } from '@betterbase/engine';
import { forEachSeed, type Seeded } from '@betterbase/testing';
import { FarSql, SqliteElsewhere, storeElsewhere } from '@betterbase/testing/elsewhere';
import { expect, test } from 'vitest';
import { createCaller, stranger } from './caller.ts';
import { Deadline } from './deadline.ts';
import { EngineLink } from './engine-link.ts';
import { Inbox } from './inbox.ts';
import { LiveQueries } from './live-queries.ts';
import type { LiveQuery, Watcher } from './live-query.ts';

const app: AppModule = {
  modules: {
    counters: {
      /** Two tables, which agree at every version. */
      add: mutation({
        args: { name: v.string(), note: v.string() },
        handler: async (ctx, { name, note }) => {
          const counter = await ctx.db
            .query('counters')
            .withIndex('by_name', (q) => q.eq('name', name))
            .unique();
          const value = Number(counter?.['value'] ?? 0) + 1;
          if (counter === null) await ctx.db.insert('counters', { name, value });
          else await ctx.db.patch(counter._id, { value });
          await ctx.db.insert('notes', { note, name });
          return value;
        },
      }),
      /** Reads nothing, so that many are under way at once. */
      blind: mutation({
        args: { note: v.string() },
        handler: async (ctx, { note }) => {
          await ctx.db.insert('notes', { note, name: 'blind' });
          await ctx.db.insert('twins', { note });
        },
      }),
      of: query({
        // Those with other salt are other queries, with the same answer.
        args: { name: v.string(), salt: v.optional(v.number()) },
        handler: async (ctx, { name }) => {
          const counter = await ctx.db
            .query('counters')
            .withIndex('by_name', (q) => q.eq('name', name))
            .unique();
          const notes = await ctx.db
            .query('notes')
            .withIndex('by_name', (q) => q.eq('name', name))
            .collect();
          return { value: Number(counter?.['value'] ?? 0), notes: notes.map(({ note }) => note) };
        },
      }),
      twins: query({ args: {}, handler: async (ctx) => (await ctx.db.query('twins').collect()).map(({ note }) => note) }),
    },
  },
  schema: defineSchema({
    counters: defineTable({ name: v.string(), value: v.number() }).uniqueIndex('by_name', ['name']),
    notes: defineTable({ note: v.string(), name: v.string() }).index('by_name', ['name']),
    twins: defineTable({ note: v.string() }),
  }),
  http: null,
};

const names = ['a', 'b', 'c'] as const;
const host: HostGlobals = {
  now: () => Date.now(),
  setTimeout: (callback, ms) => Number(setTimeout(callback, ms)),
  clearTimeout: (timer) => clearTimeout(timer),
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  print: () => {},
};
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Seen extends Watcher {
  readonly name: string;
}

/** A switchboard without sockets. */
function newProject(far: FarSql) {
  const home = new DatabaseSync(':memory:');
  let engine: EngineDoor | null = null;
  let time = 0;
  const start = (): EngineDoor => new ReactiveEngine({ app, store: storeElsewhere(far, home), host, isDevelopment: false });
  const deadline = new Deadline({ milliseconds: 30_000, timer: { after: () => () => {} }, now: () => 0 });
  const project = { lost: 0, overlapped: 0, told: (_queries: ReadonlySet<LiveQuery<Seen>>): void => {} };
  const link = new EngineLink({
    host: { start: () => (engine ??= start()), abort: () => (engine = null) },
    deadline,
    migrationDeadline: deadline,
    code: { load: async () => {}, deployment: () => 'd1', adopt: () => 'd1', confirm: () => {}, consent: () => null },
    prepare: async () => queries.restarted(),
    jobs: { armedAt: Number.MAX_SAFE_INTEGER, guard: async () => {}, wantedAt: () => {} },
    onLost: () => project.lost++,
  });
  const queries: LiveQueries<Seen> = new LiveQueries({
    now: () => 0,
    maxCharacters: 1_000_000,
    enqueue: (wanted) => inbox.add({ do: 'query', query: wanted }),
    wake: () => inbox.wake(),
    rehome: () => {},
    bring: () => {},
  });
  const inbox: Inbox<Seen> = new Inbox({
    engine: link,
    queries,
    // Every look at the clock takes some time.
    now: () => (time += 10),
    timer: {
      after: (_milliseconds, act) => {
        const timer = setImmediate(act);
        return () => clearImmediate(timer);
      },
    },
    onRun: () => {},
    onTurn: () => {
      if (!inbox.isIdle && !inbox.isCaughtUp) project.overlapped++;
      project.told(queries.takeChanged());
    },
    onUnkept: () => {},
    onUnavailable: () => {},
  });
  let requests = 0;
  const callOf = (path: string, args: object) =>
    ({ path, args: JSON.stringify(args), identity: null, reach: 'public', requestId: `r${++requests}` }) as const;
  const mutate = (path: string, args: object, session: string | null, id: string): Promise<number | string | null> =>
    new Promise((resolve) => {
      inbox.add({
        do: 'mutation',
        request: { session, id },
        call: { ...callOf(path, args), requestId: id },
        settle: ({ outcome }) => resolve(outcome.ok ? (JSON.parse(outcome.value) as number | null) : outcome.error.code),
        refuse: () => resolve('unknown'),
      });
    });
  const ask = (path: string, args: object): Promise<string> =>
    new Promise((resolve) => {
      const answer = (outcome: { ok: boolean; value?: string }): void => resolve(outcome.ok ? String(outcome.value) : 'unknown');
      queries.ask(callOf(path, args), stranger, { caller: stranger, answer });
    });
  const watch = (path: string, args: { readonly name?: string }): LiveQuery<Seen> =>
    queries.watch(callOf(path, args), { caller: createCaller(null, 'public'), name: args.name ?? 'twins' });
  return { project, link, inbox, mutate, ask, watch };
}

interface Told {
  readonly value: number;
  readonly notes: readonly string[];
}

async function live(random: Seeded, faults: { readonly losses: number; readonly zombies: boolean }) {
  const database = new SqliteElsewhere(new DatabaseSync(':memory:'));
  const far = new FarSql(database, random);
  const { project, link, inbox, mutate, ask, watch } = newProject(far);
  await link.open();
  const answered = new Map<string, number[]>(names.map((name) => [name, []]));
  const blind: string[] = [];
  let unknown = 0;
  let sent = 0;

  const views = new Map<string, Told | readonly string[]>();
  const watched = names.map((name) => watch('counters:of', { name }));
  const both = [watch('counters:of', { name: 'blind' }), watch('counters:twins', {})] as const;
  project.told = (changed) => {
    for (const { outcome, call } of changed) if (outcome?.ok === true) views.set(`${call.path} ${call.args}`, JSON.parse(outcome.value));
    for (const { outcome } of watched) {
      if (outcome?.ok !== true) continue;
      const { value, notes } = JSON.parse(outcome.value) as Told;
      expect(notes).toHaveLength(value);
    }
    // Two queries, told in one step, are of one version.
    const [notes, twins] = both.map(({ outcome }) => (outcome?.ok === true ? (JSON.parse(outcome.value) as unknown) : null));
    if (notes !== null && twins !== null && inbox.isCaughtUp)
      expect((notes as Told).notes.toSorted()).toEqual((twins as string[]).toSorted());
  };
  while (watched.some(({ outcome }) => outcome === null)) await tick();

  far.loss = () => (random.chance(faults.losses) ? (random.chance(0.5) ? 'before' : 'after') : null);
  const caller = async (number: number): Promise<void> => {
    const session = random.chance(0.5) ? `s${number}` : null;
    for (let call = 0; call < 12; call++) {
      if (random.chance(0.2)) await tick();
      if (random.chance(0.6)) {
        // Some do not wait for the answer to one before they send the next.
        const burst = Array.from({ length: 1 + random.below(3) }, (_, at) => `${number}.${call * 10 + at}`);
        sent += burst.length;
        const results = await Promise.all(burst.map((id) => mutate('counters:blind', { note: id }, session, id)));
        for (const [at, result] of results.entries()) {
          if (result === null) blind.push(burst[at] ?? '');
          else unknown++;
        }
        continue;
      }
      const id = `${number}.${call * 10}`;
      sent++;
      const name = random.pick(names);
      const value = await mutate('counters:add', { name, note: id }, session, id);
      if (typeof value !== 'number') {
        unknown++;
        continue;
      }
      answered.get(name)?.push(value);
      const seen = random.chance(0.3) ? await ask('counters:of', { name, salt: random.below(3) }) : 'unknown';
      // What has been acknowledged is there, for whoever asks then.
      if (seen !== 'unknown') expect((JSON.parse(seen) as Told).notes).toContain(id);
    }
  };
  const zombie = async (): Promise<void> => {
    for (let life = 0; faults.zombies && life < 2; life++) {
      for (let wait = random.below(200); wait > 0; wait--) await tick();
      const other = newProject(new FarSql(database, random));
      await other.link.open().catch(() => {});
      const id = `zombie ${life}`;
      sent++;
      if ((await other.mutate('counters:blind', { note: id }, null, id)) === null) blind.push(id);
      else unknown++;
    }
  };
  await Promise.all([...Array.from({ length: 8 }, (_, number) => caller(number)), zombie()]);
  far.loss = () => null;

  const judge = newProject(new FarSql(database, random));
  await judge.link.open();
  let happened = 0;
  for (const name of names) {
    const { value, notes } = JSON.parse(await judge.ask('counters:of', { name })) as Told;
    happened += value;
    expect(new Set(notes).size).toBe(value);
    const values = answered.get(name) ?? [];
    // No two were told the same, so each saw all that came before it.
    expect(new Set(values).size).toBe(values.length);
    expect(Math.max(0, ...values)).toBeLessThanOrEqual(value);
  }
  const twins = JSON.parse(await judge.ask('counters:twins', {})) as string[];
  const { notes } = JSON.parse(await judge.ask('counters:of', { name: 'blind' })) as Told;
  happened += twins.length;
  expect(notes).toEqual(twins);
  expect(new Set(twins).size).toBe(twins.length);
  for (const id of blind) expect(twins).toContain(id);
  // A client's calls happen in the order in which it makes them.
  for (let number = 0; number < 8; number++) {
    const own = twins.filter((id) => id.startsWith(`${number}.`)).map((id) => Number(id.split('.')[1]));
    expect(own).toEqual(own.toSorted((one, other) => one - other));
  }
  expect(happened).toBeGreaterThanOrEqual(sent - unknown);
  expect(happened).toBeLessThanOrEqual(sent);

  // Whoever watches ends with what is there.
  if (!faults.zombies) {
    while (!inbox.isIdle) await tick();
    await mutate('counters:add', { name: 'a', note: 'last' }, null, 'last');
    const last = newProject(new FarSql(database, random));
    await last.link.open();
    for (const { outcome, call } of [...watched, ...both])
      expect(outcome).toEqual({ ok: true, value: await last.ask(call.path, JSON.parse(call.args) as object) });
  }
  return { overlapped: project.overlapped, lost: project.lost, unknown, mostWriting: far.mostWriting };
}

test('what was answered has happened once, in order, and whoever watches sees one version after the other', async () => {
  const sums = { overlapped: 0, lost: 0, unknown: 0, mostWriting: 0 };
  await forEachSeed(30, async (random) => {
    const life = await live(random, { losses: 0, zombies: false });
    expect(life.unknown).toBe(0);
    sums.overlapped += life.overlapped;
    sums.lost += life.lost;
    sums.mostWriting = Math.max(sums.mostWriting, life.mostWriting);
  });
  expect(sums.lost).toBe(0);
  expect(sums.overlapped).toBeGreaterThan(100);
  expect(sums.mostWriting).toBeGreaterThan(2);
}, 60_000);

test('so it is when connections are lost', async () => {
  let lost = 0;
  await forEachSeed(30, async (random) => {
    lost += (await live(random, { losses: 0.03, zombies: false })).lost;
  });
  expect(lost).toBeGreaterThan(30);
}, 60_000);

test('so it is when another engine takes itself for the only one', async () => {
  await forEachSeed(20, async (random) => {
    await live(random, { losses: random.chance(0.5) ? 0.02 : 0, zombies: true });
  });
}, 60_000);
