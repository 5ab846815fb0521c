/** Turns that begin before the commits of those before them are known to have happened, on a database far away. */
import { DatabaseSync } from 'node:sqlite';
import { defineSchema, defineTable, mutation, query, v } from '@betterbase/core';
import { type AppModule, type Outcome, saveHostGlobals, type TurnOperation, type TurnResult } from '@betterbase/engine';
import { expect, test } from 'vitest';
import { FarSql, SqliteElsewhere, storeElsewhere } from '../elsewhere/index.ts';
import { forEachSeed, type Seeded } from '../random/seeded.ts';
import { TestEngine, valueOf } from './test-engine.ts';
import { testStore } from './test-store.ts';

const lists = ['a', 'b', 'c', 'd'] as const;

const app: Partial<AppModule> = {
  modules: {
    items: {
      add: mutation({
        args: { list: v.string() },
        handler: async ({ db }, { list }) => void (await db.insert('items', { list, value: 0 })),
      }),
      bump: mutation({
        args: { list: v.string() },
        handler: async ({ db }, { list }) => {
          const first = await db
            .query('items')
            .withIndex('by_list', (q) => q.eq('list', list))
            .first();
          if (first === null) return null;
          await db.patch(first._id, { value: Number(first['value']) + 1 });
          return Number(first['value']) + 1;
        },
      }),
      move: mutation({
        args: { from: v.string(), to: v.string() },
        handler: async ({ db }, { from, to }) => {
          const first = await db
            .query('items')
            .withIndex('by_list', (q) => q.eq('list', from))
            .first();
          if (first !== null) await db.patch(first._id, { list: to });
        },
      }),
      name: mutation({ args: { name: v.string() }, handler: async ({ db }, { name }) => void (await db.insert('names', { name })) }),
      look: mutation({ args: {}, handler: async ({ db }) => await db.query('items').count() }),
      of: query({
        args: { list: v.string() },
        handler: async ({ db }, { list }) => {
          const found = await db
            .query('items')
            .withIndex('by_list', (q) => q.eq('list', list))
            .collect();
          return found.map(({ value }) => value);
        },
      }),
      all: query({
        args: {},
        handler: async ({ db }) => {
          // Two reads, which must be of one moment.
          const count = await db.query('items').count();
          const names = await db.query('names').collect();
          return { count, names: names.map(({ name }) => name).toSorted() };
        },
      }),
    },
  },
  schema: defineSchema({
    items: defineTable({ list: v.string(), value: v.number() }).index('by_list', ['list']),
    names: defineTable({ name: v.string() }).uniqueIndex('by_name', ['name']),
  }),
};

const watched = [...lists.map((list) => ({ path: 'items:of', args: { list } })), { path: 'items:all', args: {} }];
const host = { ...saveHostGlobals(globalThis), print: () => {} };

interface Call {
  readonly path: string;
  readonly args: Readonly<Record<string, string>>;
  /** With a session, if there is one. */
  readonly id: string | null;
}

function someCall(random: Seeded): Call {
  const list = random.pick(lists);
  const id = random.chance(0.3) ? `${random.below(30)}` : null;
  const name = random.pick(['add', 'add', 'bump', 'move', 'name', 'look']);
  if (name === 'move') return { path: 'items:move', args: { from: list, to: random.pick(lists) }, id };
  if (name === 'name') return { path: 'items:name', args: { name: random.pick(['x', 'y', 'z', 'u', 'v']) }, id };
  return { path: `items:${name}`, args: name === 'look' ? {} : { list }, id };
}

function operationOf(engine: TestEngine, { path, args, id }: Call): TurnOperation {
  const call = engine.call(path, { ...args });
  return { do: 'mutation', request: { session: id === null ? null : 's', id: id ?? call.requestId }, call };
}

function watch(engine: TestEngine): TurnOperation[] {
  return watched.map(({ path, args }, query) => ({ do: 'query', query, call: engine.call(path, { ...args }), pinned: true }));
}

type DoneTurn = Extract<TurnResult, { state: 'done' }>;
type OnTold = (result: DoneTurn, operations: readonly TurnOperation[]) => void;

/** Tells the engine as a switchboard would: the next turn when it may follow, and results in order. */
class Teller {
  readonly #engine: TestEngine;
  readonly #random: Seeded;
  readonly #onTold: OnTold;
  readonly #underWay = new Set<Promise<void>>();
  #begun = 0;
  #told = 0;
  mostUnderWay = 0;

  constructor(engine: TestEngine, random: Seeded, onTold: OnTold) {
    this.#engine = engine;
    this.#random = random;
    this.#onTold = onTold;
  }

  async begin(operations: readonly TurnOperation[]): Promise<void> {
    const { engine } = this.#engine;
    const number = this.#begun++;
    const told = engine.turn({ boot: engine.boot, deployment: 'd1', operations, mayOverlap: true }).then((result) => {
      if (result.state !== 'done') throw new Error(result.state);
      expect(number).toBe(this.#told++);
      this.#onTold(result, operations);
      this.#underWay.delete(told);
    });
    this.#underWay.add(told);
    this.mostUnderWay = Math.max(this.mostUnderWay, this.#underWay.size);
    const mayFollow = await engine.mayFollow();
    if (!mayFollow || this.#underWay.size >= 4 || this.#random.chance(0.1)) await this.all();
  }

  async all(): Promise<void> {
    await Promise.all(this.#underWay);
  }
}

test('every turn is told what it would be if they came one after the other, and watchers the truth of one version', async () => {
  let mostUnderWay = 0;
  let mostWriting = 0;
  await forEachSeed(40, async (random) => {
    const far = new FarSql(new SqliteElsewhere(new DatabaseSync(':memory:')), random);
    const engine = await TestEngine.start({ app, store: storeElsewhere(far), host, isDevelopment: false });
    const model = await TestEngine.start({ app, store: testStore(), host, isDevelopment: false });
    await engine.turn(watch(engine));
    await model.turn(watch(model));
    const truth = new Map<number, readonly string[]>();
    const modelled: unknown[][] = [];
    const answers = watched.map(() => '');
    const seen: unknown[][] = [];
    const base = (await model.engine.status()).version - (await engine.engine.status()).version;
    let isWhole = true;

    const teller = new Teller(engine, random, (result, operations) => {
      expect(result.results).toHaveLength(operations.length);
      seen.push(result.results.map(told));
      for (const answer of result.refreshed) answers[answer.query] = textOf(answer.outcome);
      expect(result.stale).toEqual([]);
      isWhole = result.isFollowed !== true;
      if (isWhole) expect(answers).toEqual(truth.get(result.version + base));
    });
    const state = async (): Promise<void> => {
      const { results, version } = await model.turn(watch(model));
      truth.set(
        version,
        results.map((result) => (result.do === 'query' ? textOf(result.answer.outcome) : '')),
      );
    };
    await state();
    for (const [at, text] of (truth.values().next().value ?? []).entries()) answers[at] = text;

    for (let turn = 0; turn < 25; turn++) {
      const calls = random.many(5, () => someCall(random));
      const results: unknown[] = [];
      for (const call of calls) {
        const [result] = (await model.turn([operationOf(model, call)])).results;
        if (result !== undefined) results.push(told(result));
        await state();
      }
      modelled.push(results);
      await teller.begin(calls.map((call) => operationOf(engine, call)));
    }
    await teller.all();

    expect(isWhole).toBe(true);
    expect(seen).toEqual(modelled);
    mostUnderWay = Math.max(mostUnderWay, teller.mostUnderWay);
    mostWriting = Math.max(mostWriting, far.mostWriting);
  });
  expect([mostUnderWay, mostWriting]).toEqual([4, 4]);
}, 60_000);

test('what another program writes between turns that overlap is seen by all that come after it, and nobody sees it half', async () => {
  await forEachSeed(40, async (random) => {
    const database = new DatabaseSync(':memory:');
    const far = new FarSql(new SqliteElsewhere(database), random);
    const engine = await TestEngine.start({ app, store: storeElsewhere(far), host, isDevelopment: false });
    for (const list of lists) await engine.mutation('items:add', { list });
    const answers = new Map<number, string>();
    for (const result of (await engine.turn(watch(engine))).results)
      if (result.do === 'query') answers.set(result.answer.query, textOf(result.answer.outcome));
    let bumps = 0;
    let outside = 0;
    far.onArrival = () => {
      if (!random.chance(0.05)) return;
      outside += 100;
      database.exec(`UPDATE items SET value = value + 100 WHERE list = '${random.pick(lists)}'`);
    };

    const teller = new Teller(engine, random, (result) => {
      for (const each of result.results) if (each.do === 'mutation' && each.outcome.ok && valueOf(each.outcome) !== null) bumps++;
      for (const answer of result.refreshed) answers.set(answer.query, textOf(answer.outcome));
    });
    for (let turn = 0; turn < 15; turn++)
      await teller.begin(random.many(4, () => engine.mutationOperation('items:bump', { list: random.pick(lists) })));
    await teller.all();
    far.onArrival = () => {};
    for (const answer of (await engine.turn([{ do: 'look' }])).refreshed) answers.set(answer.query, textOf(answer.outcome));

    const values = database.prepare('SELECT list, value FROM items ORDER BY list').all();
    expect(values.reduce((sum, { value }) => sum + Number(value), 0)).toBe(bumps + outside);
    for (const [number, list] of lists.entries())
      expect(answers.get(number)).toBe(JSON.stringify(values.filter((row) => row['list'] === list).map(({ value }) => value)));
  });
}, 60_000);

function told(result: DoneTurn['results'][number]): unknown {
  if (result.do !== 'mutation') return result.do;
  return [result.replayed, result.outcome.ok ? result.outcome.value : result.outcome.error.code];
}

function textOf(outcome: Outcome): string {
  return outcome.ok ? outcome.value : outcome.error.code;
}
