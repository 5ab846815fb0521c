import {
  AppError,
  action,
  defineSchema,
  defineTable,
  internalMutation,
  type Id,
  isBetterBaseError,
  makeFunctionReference,
  mutation,
  query,
  type SchedulableFunctionReference,
  v,
  type Value,
} from '@betterbase/core';
import { saveHostGlobals } from '@betterbase/engine';
import { beforeEach, expect, test } from 'vitest';
import { JobDriver } from './job-driver.ts';
import { TestEngine, valueOf } from './test-engine.ts';
import { testStore } from './test-store.ts';

const ref = (path: string): SchedulableFunctionReference => makeFunctionReference<'mutation' | 'action'>(path);
const jobId = (id: string): Id<'_scheduled_functions'> => id as Id<'_scheduled_functions'>;
const day = 86_400_000;
/** What handlers were refused, as they see it. */
const refusals: string[] = [];

const modules = {
  notes: {
    list: query({ args: {}, handler: async ({ db }) => (await db.query('notes').collect()).map(({ text }) => text) }),
    jobs: query({ args: {}, handler: async ({ db }) => await db.system.query('_scheduled_functions').collect() }),
    job: query({ args: { id: v.string() }, handler: async ({ db }, { id }) => await db.system.get(jobId(id)) }),
    touchesSystem: mutation({ args: { id: v.string() }, handler: async ({ db }, { id }) => await db.delete(jobId(id)) }),
    add: internalMutation({ args: { text: v.string() }, handler: async ({ db }, { text }) => await db.insert('notes', { text }) }),
    fail: mutation({
      args: {},
      handler: async ({ db }) => {
        await db.insert('notes', { text: 'lost' });
        throw new AppError('no');
      },
    }),
    work: action({ args: {}, handler: async () => null }),
    later: mutation({
      args: { ms: v.number(), text: v.string() },
      handler: async ({ scheduler }, { ms, text }) => await scheduler.runAfter(ms, ref('notes:add'), { text }),
    }),
    at: mutation({
      args: { at: v.number() },
      handler: async ({ scheduler }, { at }) => await scheduler.runAt(new Date(at), ref('notes:add'), { text: 'at' }),
    }),
    laterThenFail: mutation({
      args: {},
      handler: async ({ scheduler }) => {
        await scheduler.runAfter(0, ref('notes:add'), { text: 'never' });
        throw new Error('no');
      },
    }),
    nestedFails: mutation({
      args: {},
      handler: async (ctx) => {
        await ctx.runMutation(makeFunctionReference<'mutation'>('notes:laterThenFail')).catch(() => null);
        return await ctx.scheduler.runAfter(0, ref('notes:add'), { text: 'kept' });
      },
    }),
    run: mutation({
      args: { path: v.string(), args: v.any() },
      handler: async ({ scheduler }, { path, args }) => await scheduler.runAfter(0, ref(path), args as never),
    }),
    cancel: mutation({ args: { id: v.string() }, handler: async ({ scheduler }, { id }) => await scheduler.cancel(jobId(id)) }),
    cancelSelf: mutation({
      args: {},
      handler: async ({ db, scheduler }) => {
        const own = await db.system.query('_scheduled_functions').order('desc').first();
        if (own === null) return;
        await scheduler.cancel(own._id).catch((error: unknown) => {
          refusals.push(isBetterBaseError(error) ? error.code : String(error));
          throw error;
        });
      },
    }),
    many: mutation({
      args: { count: v.number(), bytes: v.number() },
      handler: async ({ scheduler }, { count, bytes }) => {
        for (let at = 0; at < count; at++) await scheduler.runAfter(day, ref('notes:add'), { text: 'x'.repeat(bytes) });
      },
    }),
  },
};
const app = { schema: defineSchema({ notes: defineTable({ text: v.string() }) }), modules };

const clock = { now: 0 };
const store = { current: testStore() };
let engine: TestEngine;
let driver: JobDriver;
beforeEach(async () => {
  clock.now = 1_800_000_000_000;
  store.current = testStore();
  await restart();
});
async function restart(): Promise<void> {
  engine = await TestEngine.start({
    app,
    store: store.current,
    host: { ...saveHostGlobals(globalThis), now: () => clock.now },
    isDevelopment: false,
  });
  driver = new JobDriver(engine, clock);
}
const notes = async (): Promise<Value> => valueOf(await engine.query('notes:list'));
const run = async (path: string, args: Value = {}): Promise<string> => String(valueOf(await engine.mutation(`notes:${path}`, args)));
const stateOf = async (id: string): Promise<unknown> =>
  (valueOf(await engine.query('notes:job', { id })) as { state: unknown } | null)?.state;

test('a job runs when its time has come, not before, and once', async () => {
  const id = await run('later', { ms: 5_000, text: 'hello' });

  expect(await driver.wakeAt()).toBe(clock.now + 5_000);
  await driver.pass(4_999);
  expect(await notes()).toEqual([]);
  await driver.pass(1);
  expect(await notes()).toEqual(['hello']);
  await driver.runJob(id);
  await driver.pass(1_000_000);
  expect(await notes()).toEqual(['hello']);
});

test('a job is a document with Convex’s fields and no others, before and after', async () => {
  const id = await run('later', { ms: 5_000, text: 'hello' });
  const scheduledTime = clock.now + 5_000;
  const document = { _id: id, _creationTime: expect.any(Number), name: 'notes:add', args: [{ text: 'hello' }], scheduledTime };

  expect(valueOf(await engine.query('notes:job', { id }))).toEqual({ ...document, state: { kind: 'pending' } });
  await driver.pass(5_000);
  expect(valueOf(await engine.query('notes:jobs'))).toEqual([{ ...document, state: { kind: 'success' }, completedTime: scheduledTime }]);
});

test('who watches scheduled functions is told when they are scheduled and when they have run', async () => {
  await engine.turn([{ do: 'query', query: 1, call: engine.call('notes:jobs'), pinned: true }]);

  const scheduled = await engine.turn([engine.mutationOperation('notes:later', { ms: 0, text: 'a' })]);
  expect(scheduled.refreshed).toHaveLength(1);
  const [due] = await driver.due();
  const finished = await engine.turn([{ do: 'job', job: due ?? '', requestId: 'r' }]);
  expect(finished.refreshed.map(({ outcome }) => valueOf(outcome))).toMatchObject([[{ state: { kind: 'success' } }]]);
});

test('a mutation that fails has scheduled nothing, a nested one neither', async () => {
  await engine.mutation('notes:laterThenFail');
  await run('nestedFails');

  await driver.pass(1_000);
  expect(await notes()).toEqual(['kept']);
});

test('a time between two milliseconds is the later of them: alarms know no others', async () => {
  await run('later', { ms: 10.02, text: 'a' });

  expect(await driver.wakeAt()).toBe(clock.now + 11);
});

test('a Date is a time, and a time that has passed is now', async () => {
  await run('at', { at: clock.now - day });

  await driver.runDue();
  expect(await notes()).toEqual(['at']);
});

test('a canceled job never runs, and canceling what is over changes nothing', async () => {
  const id = await run('later', { ms: 1_000, text: 'a' });
  await run('cancel', { id });
  await driver.pass(2_000);
  expect([await notes(), await stateOf(id)]).toEqual([[], { kind: 'canceled' }]);

  const done = await run('later', { ms: 0, text: 'b' });
  await driver.runDue();
  await run('cancel', { id: done });
  expect(await stateOf(done)).toEqual({ kind: 'success' });
});

test('a job that fails says why, and leaves nothing behind', async () => {
  const id = await run('run', { path: 'notes:fail', args: {} });
  const bad = await run('run', { path: 'notes:add', args: { text: 5 } });
  await driver.runDue();

  expect(await notes()).toEqual([]);
  expect(await stateOf(id)).toMatchObject({ kind: 'failed', error: expect.stringContaining('no') });
  expect(await stateOf(bad)).toMatchObject({ kind: 'failed', error: expect.stringContaining('text') });
  expect(driver.ran.map(({ ok }) => ok)).toEqual([false, false]);
});

test('a job cannot cancel itself', async () => {
  const id = await run('run', { path: 'notes:cancelSelf', args: {} });
  await driver.runDue();

  expect(await stateOf(id)).toMatchObject({ kind: 'failed', error: expect.stringContaining('cannot cancel itself') });
  expect(refusals).toEqual(['scheduler/cancels-itself']);
});

test('an action is marked before it starts, is started once, and is over when it says so', async () => {
  const id = await run('run', { path: 'notes:work', args: {} });
  await driver.runDue();
  await driver.runJob(id);
  await driver.runDue();

  expect(driver.started.map(({ path, job }) => [path, job])).toEqual([['notes:work', id]]);
  expect(await stateOf(id)).toEqual({ kind: 'inProgress' });
  await driver.finish(id, null);
  await driver.finish(id, 'too late');
  expect(await stateOf(id)).toEqual({ kind: 'success' });
});

test('an action that never comes back has failed after a while', async () => {
  const id = await run('run', { path: 'notes:work', args: {} });
  await driver.runDue();
  await driver.pass(15 * 60_000);

  expect(await stateOf(id)).toMatchObject({ kind: 'failed' });
  expect(driver.started).toHaveLength(1);
});

test('what a canceled action schedules is canceled too', async () => {
  const id = await run('run', { path: 'notes:work', args: {} });
  await driver.runDue();
  await run('cancel', { id });

  const call = { ...engine.call('notes:later', { ms: 0, text: 'a' }), job: id };
  await engine.turn([{ do: 'mutation', request: { session: null, id: 'x' }, call }]);
  await driver.pass(10_000);
  expect(await notes()).toEqual([]);
});

test('an action schedules by a mutation that only insiders reach', async () => {
  const call = engine.call('_system/scheduler:runAt', { at: clock.now, path: 'notes:add', args: { text: 'from an action' } });
  const operation = (reach: 'public' | 'any') =>
    ({ do: 'mutation', request: { session: null, id: reach }, call: { ...call, reach } }) as const;

  expect((await engine.turn([operation('public')])).results[0]).toMatchObject({
    outcome: { ok: false, error: { code: 'function/not-found' } },
  });
  await engine.turn([operation('any')]);
  await driver.runDue();
  expect(await notes()).toEqual(['from an action']);
});

test('jobs survive the engine', async () => {
  await run('later', { ms: 5_000, text: 'a' });
  await restart();

  expect(await driver.wakeAt()).toBe(clock.now + 5_000);
  await driver.pass(5_000);
  expect(await notes()).toEqual(['a']);
});

test('what is over is forgotten after 7 days', async () => {
  await run('later', { ms: 0, text: 'a' });
  await driver.runDue();
  await driver.pass(7 * day - 1);
  expect(valueOf(await engine.query('notes:jobs'))).toHaveLength(1);

  await driver.pass(day);
  expect(valueOf(await engine.query('notes:jobs'))).toEqual([]);
  expect(await driver.wakeAt()).toBeNull();
});

test('a project without jobs never asks to be woken', async () => {
  await engine.turn([
    { do: 'mutation', request: { session: null, id: 'x' }, call: { ...engine.call('notes:add', { text: 'a' }), reach: 'any' } },
  ]);

  expect(await driver.wakeAt()).toBeNull();
});

test('nothing is scheduled before somebody is sure to look at it', async () => {
  const request = {
    boot: engine.engine.boot,
    deployment: 'd1',
    operations: [engine.mutationOperation('notes:later', { ms: 60_000, text: 'a' })],
  };

  const unguarded = await engine.engine.turn({ ...request, armedAt: null });
  expect(unguarded).toMatchObject({ state: 'done', results: [], guard: clock.now + 60_000, wakeAt: null });
  expect(await engine.engine.turn({ ...request, armedAt: clock.now + day })).toMatchObject({ results: [], guard: clock.now + 60_000 });
  expect(valueOf(await engine.query('notes:jobs'))).toEqual([]);

  const guarded = await engine.engine.turn({ ...request, armedAt: clock.now + 60_000 });
  expect(guarded).toMatchObject({ state: 'done', results: [{ outcome: { ok: true } }], wakeAt: clock.now + 60_000 });
});

test('a mutation that schedules nothing asks for no guard', async () => {
  const operations = [
    { do: 'mutation', request: { session: null, id: 'x' }, call: { ...engine.call('notes:add', { text: 'a' }), reach: 'any' } },
  ] as const;

  expect(await engine.engine.turn({ boot: engine.engine.boot, deployment: 'd1', operations, armedAt: null })).toMatchObject({
    results: [{ outcome: { ok: true } }],
  });
});

test.each([
  ['later', { ms: -1, text: 'a' }, 'scheduler/bad-time'],
  ['later', { ms: Number.NaN, text: 'a' }, 'scheduler/bad-time'],
  ['at', { at: 9e15 }, 'scheduler/bad-time'],
  ['run', { path: 'notes:list', args: {} }, 'function/wrong-kind'],
  ['run', { path: 'notes:nothing', args: {} }, 'function/not-found'],
  ['run', { path: 'notes:add', args: 'text' }, 'arguments/invalid'],
  ['many', { count: 1_001, bytes: 1 }, 'scheduler/too-many'],
  ['many', { count: 20, bytes: 1_000_000 }, 'limit/scheduled-bytes'],
  ['many', { count: 1, bytes: 1_100_000 }, 'arguments/too-large'],
  ['cancel', { id: 'nonsense' }, 'document/bad-id'],
])('%s %j is refused with %s', async (path, args, code) => {
  expect(await engine.mutation(`notes:${path}`, args)).toMatchObject({ ok: false, error: { code } });
});

test('functions can read the system’s tables and not write them', async () => {
  const id = await run('later', { ms: 0, text: 'a' });

  expect(await engine.mutation('notes:touchesSystem', { id })).toMatchObject({
    ok: false,
    error: { code: 'document/bad-id', hint: expect.stringContaining('ctx.db.system') },
  });
});
