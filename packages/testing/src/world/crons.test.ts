import {
  action,
  cronJobs,
  type Crons,
  defineSchema,
  defineTable,
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

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** 2027-01-15, 08:00 UTC, a Friday. */
const start = 1_800_000_000_000;
const tick = makeFunctionReference<'mutation'>('ticks:tick') as SchedulableFunctionReference;
const work = makeFunctionReference<'action'>('ticks:work') as SchedulableFunctionReference;

const modules = {
  ticks: {
    tick: mutation({ args: { name: v.string() }, handler: async ({ db }, { name }) => await db.insert('ticks', { name }) }),
    work: action({ args: {}, handler: async () => null }),
    list: query({
      args: {},
      handler: async ({ db }) =>
        (await db.query('ticks').collect()).map(({ name, _creationTime }) => [name, Math.floor(_creationTime) - start]),
    }),
    runs: query({
      args: {},
      handler: async ({ db }) =>
        (await db.system.query('_cron_runs').collect()).map(({ cron, scheduledTime, state }) => [cron, scheduledTime - start, state.kind]),
    }),
    skipped: query({
      args: {},
      handler: async ({ db }) =>
        (await db.system.query('_cron_runs').collect()).flatMap(({ state, scheduledTime }) =>
          state.kind === 'skipped' ? [[scheduledTime - start, state.runs]] : [],
        ),
    }),
  },
};
const schema = defineSchema({ ticks: defineTable({ name: v.string() }) });

const clock = { now: start };
let store = testStore();
beforeEach(() => {
  clock.now = start;
  store = testStore();
});

async function deploy(deployment: string, fill: (crons: Crons) => void) {
  const crons = cronJobs();
  fill(crons);
  const engine = await TestEngine.start({
    app: { schema, modules, crons },
    store,
    deployment,
    host: { ...saveHostGlobals(globalThis), now: () => clock.now },
  });
  const driver = new JobDriver(engine, clock);
  const ask = async (name: string): Promise<Value> => valueOf(await engine.query(`ticks:${name}`));
  return { engine, driver, ask };
}

test('an interval runs when it is deployed, and again and again', async () => {
  const { driver, ask } = await deploy('d1', (crons) => crons.interval('often', { minutes: 5 }, tick, { name: 'i' }));
  await driver.pass(11 * minute);

  expect(await ask('list')).toEqual([
    ['i', 0],
    ['i', 5 * minute],
    ['i', 10 * minute],
  ]);
});

test.each<[string, (crons: Crons) => void, readonly number[]]>([
  ['hourly', (crons) => crons.hourly('c', { minuteUTC: 30 }, tick, { name: 'c' }), [hour / 2, hour * 1.5]],
  ['daily', (crons) => crons.daily('c', { hourUTC: 9, minuteUTC: 0 }, tick, { name: 'c' }), [hour, day + hour]],
  ['weekly', (crons) => crons.weekly('c', { dayOfWeek: 'sunday', hourUTC: 8, minuteUTC: 0 }, tick, { name: 'c' }), [2 * day, 9 * day]],
  ['monthly', (crons) => crons.monthly('c', { day: 16, hourUTC: 8, minuteUTC: 0 }, tick, { name: 'c' }), [day, 32 * day]],
  ['cron', (crons) => crons.cron('c', '*/20 * * * *', tick, { name: 'c' }), [20 * minute, 40 * minute]],
])('%s follows the calendar in UTC', async (_kind, fill, expected) => {
  const { driver, ask } = await deploy('d1', fill);
  await driver.pass(expected[1] ?? 0);

  expect(await ask('list')).toEqual(expected.map((at) => ['c', at]));
});

test('runs that it is too late for are skipped, and that is recorded', async () => {
  const { driver, ask } = await deploy('d1', (crons) => crons.interval('often', { minutes: 1 }, tick, { name: 'i' }));
  await driver.runDue();

  clock.now += 10 * minute;
  await driver.runDue();

  expect(await ask('list')).toEqual([
    ['i', 0],
    ['i', 10 * minute],
  ]);
  expect(await ask('skipped')).toEqual([[2 * minute, 9]]);
  expect(await driver.wakeAt()).toBe(start + 11 * minute);
});

test('a run does not begin before the last has ended', async () => {
  const { driver, ask } = await deploy('d1', (crons) => crons.interval('slow', { seconds: 10 }, work));
  await driver.pass(35_000);
  expect(driver.started).toHaveLength(1);

  await driver.finish(driver.started[0]?.job ?? '', null);
  expect(await ask('skipped')).toEqual([[10_000, 3]]);
  await driver.pass(5_000);
  expect(driver.started).toHaveLength(2);
});

test('a deployment keeps what is the same, replaces what has changed, ends what is gone', async () => {
  const first = await deploy('d1', (crons) => {
    crons.hourly('same', { minuteUTC: 30 }, tick, { name: 'same' });
    crons.hourly('changed', { minuteUTC: 30 }, tick, { name: 'old' });
    crons.hourly('gone', { minuteUTC: 30 }, tick, { name: 'gone' });
  });
  await first.driver.pass(10 * minute);

  const { driver, ask } = await deploy('d2', (crons) => {
    crons.hourly('same', { minuteUTC: 30 }, tick, { name: 'same' });
    crons.hourly('changed', { minuteUTC: 45 }, tick, { name: 'new' });
  });
  expect(await ask('runs')).toEqual([
    ['same', 30 * minute, 'pending'],
    ['changed', 45 * minute, 'pending'],
  ]);
  await driver.pass(40 * minute);
  expect(await ask('list')).toEqual([
    ['same', 30 * minute],
    ['new', 45 * minute],
  ]);
});

test('the same deployment, started again, changes nothing', async () => {
  await deploy('d1', (crons) => crons.hourly('c', { minuteUTC: 30 }, tick, { name: 'c' }));
  const { ask, engine } = await deploy('d1', (crons) => crons.hourly('c', { minuteUTC: 30 }, tick, { name: 'c' }));

  const before = (await engine.engine.status()).version;
  expect(await ask('runs')).toEqual([['c', 30 * minute, 'pending']]);
  expect((await engine.engine.status()).version).toBe(before);
});

test('a cron job that fails runs again all the same', async () => {
  const { driver, ask } = await deploy('d1', (crons) => crons.interval('bad', { minutes: 1 }, tick, { name: 5 }));
  await driver.pass(minute);

  expect(await ask('runs')).toEqual([
    ['bad', 0, 'failed'],
    ['bad', minute, 'failed'],
    ['bad', 2 * minute, 'pending'],
  ]);
});

test('the history of a job that runs often is short', async () => {
  const { driver, ask } = await deploy('d1', (crons) => crons.interval('often', { seconds: 10 }, tick, { name: 'i' }));
  await driver.pass(3 * hour);

  const runs = await ask('runs');
  expect(Array.isArray(runs) && runs.length).toBeLessThan(600);
  expect(Array.isArray(runs) && runs.length).toBeGreaterThan(400);
});

test.each<[string, unknown]>([
  ['a list of nonsense', [5]],
  ['something else', { jobs: 5 }],
  ['no expression', [{ name: 'c', schedule: { cron: 'every day' }, function: tick, args: {} }]],
  ['an hour that does not exist', [{ name: 'c', schedule: { cron: '0 25 * * *' }, function: tick, args: {} }]],
])('a deployment with %s as its cron jobs is refused', async (_what, crons) => {
  const starting = TestEngine.start({ app: { schema, modules, crons }, store });

  await expect(starting).rejects.toThrow('cron/bad-definition');
});

test('cron jobs are checked where they are written', () => {
  const crons = cronJobs();
  crons.interval('one', { seconds: 1 }, tick, {});

  expect(() => crons.interval('one', { seconds: 1 }, tick, {})).toThrow('Another cron job');
  expect(() => crons.interval('two', { seconds: 0 }, tick, {})).toThrow('whole number');
  expect(() => crons.daily('three', { hourUTC: 24, minuteUTC: 0 }, tick, {})).toThrow('hourUTC');
  expect(() => crons.interval('', { seconds: 1 }, tick, {})).toThrow('name');
});
