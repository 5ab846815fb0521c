/** Deployments that change documents in advance, on a real engine whose process can be lost at every step. */
import { defineMigration, defineSchema, defineTable, mutation, query, v } from '@betterbase/core';
import type { AppModule } from '@betterbase/engine';
import { expect, test } from 'vitest';
import { settled } from '../test/fake-timer.ts';
import { JobBench } from '../test/job-bench.ts';

const many = 600;

function appOf(bundle: string): AppModule {
  return bundle === 'old'
    ? old
    : { ...next, ...(bundle === 'throws' ? { modules: { ...next.modules, 'migrations/1': { default: throwing } } } : {}) };
}

const old: AppModule = {
  schema: defineSchema({ notes: defineTable({ text: v.string() }).index('by_text', ['text']) }),
  http: null,
  modules: {
    jobs: {
      texts: query({ args: {}, handler: async ({ db }) => (await db.query('notes').collect()).map(({ text }) => text) }),
      fill: mutation({
        args: {},
        handler: async ({ db }) => {
          for (let at = 0; at < many; at++) await db.insert('notes', { text: `note ${at}` });
        },
      }),
      add: mutation({ args: { text: v.string() }, handler: async ({ db }, { text }) => await db.insert('notes', { text }) }),
    },
  },
};

const throwing = defineMigration({
  table: 'pages',
  migrate: ({ body }) => {
    if (body === 'note 280') throw new Error('not this one');
  },
});

const next: AppModule = {
  schema: defineSchema({
    pages: defineTable({ body: v.string().renamedFrom('text'), length: v.number(), kind: v.string().default('plain') })
      .renamedFrom('notes')
      .index('by_length', ['length']),
  }),
  http: null,
  modules: {
    jobs: {
      texts: query({
        args: {},
        handler: async ({ db }) => (await db.query('pages').collect()).map(({ body, length, kind }) => `${body} ${length} ${kind}`),
      }),
      add: mutation({
        args: { text: v.string() },
        handler: async ({ db }, { text }) => await db.insert('pages', { body: text, length: text.length, kind: 'new' }),
      }),
    },
    'migrations/1': { default: defineMigration({ table: 'pages', migrate: ({ body }) => ({ length: body.length }) }) },
  },
};

async function filled(): Promise<JobBench> {
  const bench = new JobBench(appOf);
  await bench.project.code.deploy({ app: 'old' });
  await bench.call('mutation', 'fill');
  return bench;
}

async function texts(bench: JobBench): Promise<string[]> {
  const outcome = await bench.call('query', 'texts');
  if (!outcome.ok) throw new Error(outcome.error.message);
  return JSON.parse(outcome.value) as string[];
}

const plain = Array.from({ length: many }, (_, at) => `note ${at}`);
const changed = (text: string): string => `${text} ${text.length} plain`;

test('calls are answered while documents are changed, and what they write is changed too', async () => {
  const bench = await filled();
  const seen: string[] = [];
  let isOver = false;
  const deploying = bench.project.code.deploy({ app: 'new' }).finally(() => {
    isOver = true;
  });
  let writes = 0;
  while (!isOver) {
    const progress = bench.project.code.list().find(({ state }) => state === 'pending')?.progress;
    if (progress !== undefined) seen.push(`${progress.table} ${progress.done} of ${progress.total >= many}`);
    await bench.call('mutation', 'add', { text: `meanwhile ${writes++}` });
  }

  expect(await deploying).toMatchObject({ ok: true, deployment: { state: 'active' } });
  expect(seen).toContainEqual(expect.stringMatching(/^pages [1-9]\d\d of true$/));
  expect(writes).toBeGreaterThan(3);
  const after = await texts(bench);
  expect(after.slice(0, many)).toEqual(plain.map(changed));
  expect(after.filter((text) => text.startsWith('meanwhile'))).toHaveLength(writes);
  expect(await bench.project.code.migrations()).toMatchObject({ ok: true, migrations: [{ name: '1', table: 'pages' }] });
});

test('a migration that fails half-way is refused, and leaves nothing', async () => {
  const bench = await filled();

  const refused = await bench.project.code.deploy({ app: 'throws' });

  expect(refused).toMatchObject({ ok: false, error: { code: 'migration/failed', message: expect.stringContaining('not this one') } });
  expect(await texts(bench)).toEqual(plain);
  expect(await bench.project.code.deploy({ app: 'new' })).toMatchObject({ ok: true });
  expect(await texts(bench)).toEqual(plain.map(changed));
});

test('killed at every step, a deployment has happened or has not, nothing is lost, and the next one works', async () => {
  let steps = 0;
  for (let isOver = false; !isOver; steps++) {
    const bench = await filled();
    bench.stepsLeft = steps;
    let ended = false;
    void bench.project.code.deploy({ app: 'new' }).then(() => {
      ended = true;
    });
    await settled();
    for (let turn = 0; turn < 20 && !ended; turn++) await new Promise(setImmediate);
    isOver = ended;
    bench.restart();

    const before = await texts(bench);
    const [newest] = bench.project.code.list();
    expect(before).toEqual(newest?.state === 'active' ? plain.map(changed) : plain);
    expect(await bench.call('mutation', 'add', { text: 'later' })).toMatchObject({ ok: true });
    expect(await bench.project.code.deploy({ app: 'new' })).toMatchObject({ ok: true });
    expect((await texts(bench)).slice(0, many)).toEqual(plain.map(changed));
    expect((await texts(bench)).at(-1)).toMatch(/^later 5/);
  }
  expect(steps).toBeGreaterThan(15);
});
