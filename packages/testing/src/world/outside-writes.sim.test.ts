/** Another program writes at any moment, also between two round trips of the engine; engines come and go. */
import { DatabaseSync } from 'node:sqlite';
import { defineSchema, defineTable, mutation, query, v } from '@betterbase/core';
import { type AppModule, type Outcome, saveHostGlobals, type TurnOperation } from '@betterbase/engine';
import type { RemoteSql } from '@betterbase/providers';
import { expect, test } from 'vitest';
import { storeElsewhere, SqliteElsewhere } from '../elsewhere/index.ts';
import { forEachSeed, type Seeded } from '../random/seeded.ts';
import { TestEngine, valueOf } from './test-engine.ts';

const channels = ['a', 'b', 'c'] as const;

const app: Partial<AppModule> = {
  modules: {
    notes: {
      add: mutation({
        args: { channel: v.string(), stars: v.number() },
        handler: async (ctx, note) => {
          const others = await ctx.db
            .query('notes')
            .withIndex('by_channel', (q) => q.eq('channel', note.channel))
            .collect();
          const most = await ctx.db
            .query('notes')
            .withIndex('by_stars', (q) => q.eq('channel', note.channel))
            .order('desc')
            .first();
          // What was read at two moments would not agree.
          const expected = others.reduce<number | null>((max, { stars }) => Math.max(max ?? 0, Number(stars ?? 0)), null);
          if (expected !== null && Number(most?.['stars'] ?? 0) !== expected) throw new Error('torn');
          await ctx.db.insert('notes', note);
        },
      }),
      clear: mutation({
        args: { channel: v.string() },
        handler: async (ctx, { channel }) => {
          const first = await ctx.db
            .query('notes')
            .withIndex('by_channel', (q) => q.eq('channel', channel))
            .first();
          if (first !== null) await ctx.db.delete(first._id);
        },
      }),
      in: query({
        args: { channel: v.string() },
        handler: async (ctx, { channel }) => {
          const found = await ctx.db
            .query('notes')
            .withIndex('by_stars', (q) => q.eq('channel', channel))
            .collect();
          return found.map(({ stars }) => stars ?? null);
        },
      }),
    },
  },
  schema: defineSchema({
    notes: defineTable({ channel: v.string(), stars: v.optional(v.number()) })
      .index('by_channel', ['channel'])
      .index('by_stars', ['channel', 'stars']),
  }),
};

function someMutation(engine: TestEngine, random: Seeded): TurnOperation {
  const channel = random.pick(channels);
  if (random.chance(0.4)) return engine.mutationOperation('notes:clear', { channel });
  return engine.mutationOperation('notes:add', { channel, stars: random.below(10) });
}

/** What another program does now and then. */
function meddle(database: DatabaseSync, random: Seeded): void {
  const channel = random.pick(channels);
  const any = `(SELECT _seq FROM notes WHERE channel = '${channel}' LIMIT 1)`;
  const stars = random.chance(0.2) ? 'NULL' : String(random.below(10));
  database.exec(
    random.pick([
      `INSERT INTO notes (channel, stars) VALUES ('${channel}', ${stars})`,
      `INSERT INTO notes (channel, stars) VALUES ('${channel}', ${stars}), ('a', 1)`,
      `UPDATE notes SET stars = ${stars} WHERE _seq = ${any}`,
      `UPDATE notes SET channel = '${random.pick(channels)}' WHERE channel = '${channel}'`,
      `DELETE FROM notes WHERE _seq = ${any}`,
      `INSERT INTO notes (channel, stars) VALUES ('${channel}', 'none')`,
    ]),
  );
}

test('whoever writes, and whenever, watched queries end with what is there, and no run sees two moments', async () => {
  await forEachSeed(15, async (random) => {
    const database = new DatabaseSync(':memory:');
    const direct = new SqliteElsewhere(database);
    let chance = 0;
    const meddled: RemoteSql = {
      dialect: 'sqlite',
      batch: async (statements, mode) => {
        if (random.chance(chance)) meddle(database, random);
        return await direct.batch(statements, mode);
      },
    };
    const host = { ...saveHostGlobals(globalThis), print: () => {} };
    const start = (): Promise<TestEngine> => TestEngine.start({ app, store: storeElsewhere(meddled), host, isDevelopment: false });
    const answers = new Map<number, Outcome>();
    const watchAll = async (engine: TestEngine): Promise<void> => {
      for (const [number, channel] of channels.entries()) {
        const turn = await engine.turn([{ do: 'query', query: number, call: engine.call('notes:in', { channel }), pinned: true }]);
        note(turn, answers);
      }
    };
    let engine = await start();
    await watchAll(engine);

    for (let step = 0; step < 25; step++) {
      chance = random.chance(0.5) ? 0.3 : 0;
      if (random.chance(0.3)) meddle(database, random);
      const operations = random.chance(0.7) ? random.many(4, () => someMutation(engine, random)) : [{ do: 'look' } as const];
      const turn = await engine.turn(operations).catch((failure: unknown) => {
        expect(failure).toMatchObject({ code: 'commit/conflict' });
      });
      if (turn === undefined || random.chance(0.1)) {
        chance = 0;
        engine = await start();
        await watchAll(engine);
        continue;
      }
      for (const result of turn.results) if (result.do === 'mutation') expect(result.outcome).toMatchObject({ ok: true });
      note(turn, answers);
    }
    chance = 0;
    note(await engine.turn([{ do: 'look' }]), answers);

    const rows = database.prepare('SELECT channel, stars FROM notes ORDER BY stars IS NOT NULL, stars, _seq').all();
    for (const [number, channel] of channels.entries()) {
      const there = rows.flatMap((row) => (row['channel'] === channel ? [row['stars']] : []));
      expect(answers.get(number)).toBeDefined();
      expect(valueOf(answers.get(number) ?? { ok: true, value: 'null' })).toEqual(there);
    }
    expect(database.prepare('SELECT COUNT(*) AS n FROM _bb_changes').get()).toEqual({ n: 0 });
    expect(database.prepare("SELECT COUNT(*) AS n FROM notes WHERE stars = 'none'").get()).toEqual({ n: 0 });
  });
}, 60_000);

function note({ results, refreshed }: Awaited<ReturnType<TestEngine['turn']>>, answers: Map<number, Outcome>): void {
  for (const result of results) if (result.do === 'query') answers.set(result.answer.query, result.answer.outcome);
  for (const { query: number, outcome } of refreshed) answers.set(number, outcome);
}
