/** Jobs and cron jobs on the real platform, whose process is killed at the worst moments. */
import { setTimeout as pause } from 'node:timers/promises';
import { test as inOrder, type TestContext } from 'vitest';
import { KillablePlatform } from './test/killable-platform.ts';
import { adminKey, startLocalPlatform } from './test/local-platform.ts';

// Most of each is silence, which they can keep at the same time.
const test = inOrder.concurrent;

const app = `
import { action, cronJobs, defineSchema, defineTable, internalMutation, makeFunctionReference, mutation, query, v } from './runtime.js';
const ref = makeFunctionReference;
const jobs = {
  ran: query({ args: {}, handler: async ({ db }) => (await db.query('ran').collect()).map(({ text }) => text) }),
  states: query({ args: {}, handler: async ({ db }) => (await db.system.query('_scheduled_functions').collect()).map(({ state }) => state.kind) }),
  note: internalMutation({ args: { text: v.string() }, handler: async ({ db }, { text }) => await db.insert('ran', { text }) }),
  later: mutation({ args: { ms: v.number(), text: v.string() }, handler: async ({ scheduler }, { ms, text }) => await scheduler.runAfter(ms, ref('jobs:note'), { text }) }),
  chain: mutation({ args: { left: v.number() }, handler: async ({ db, scheduler }, { left }) => {
    await db.insert('ran', { text: 'chain ' + left });
    if (left > 0) await scheduler.runAfter(0, ref('jobs:chain'), { left: left - 1 });
  } }),
  act: action({ args: { text: v.string() }, handler: async (ctx, { text }) => {
    console.log('acting');
    await ctx.scheduler.runAfter(10, ref('jobs:note'), { text: text + ' and later' });
    const gone = await ctx.scheduler.runAfter(60_000, ref('jobs:note'), { text: 'never' });
    await ctx.scheduler.cancel(gone);
    await ctx.runMutation(ref('jobs:note'), { text });
  } }),
  slow: action({ args: {}, handler: async (ctx) => { await ctx.runMutation(ref('jobs:note'), { text: 'slow began' }); await new Promise((done) => setTimeout(done, 3_000)); await ctx.runMutation(ref('jobs:note'), { text: 'slow ended' }); } }),
  start: mutation({ args: { path: v.string(), args: v.any() }, handler: async ({ scheduler }, { path, args }) => await scheduler.runAfter(0, ref(path), args) }),
};
export const modules = { jobs };
export const schema = defineSchema({ ran: defineTable({ text: v.string() }) });
export const http = null;
`;
const withCron = `${app}
const made = cronJobs();
made.interval('beat', { seconds: 1 }, ref('jobs:note'), { text: 'beat' });
export const crons = made;
`;

/** A platform of its own with the app deployed, and ways to call it. */
async function start(onTestFinished: TestContext['onTestFinished']) {
  const platform = await KillablePlatform.withApp(app, onTestFinished);
  const mutate = async (path: string, args: object): Promise<void> => {
    const { body } = await platform.post('/p/app/api/mutation', { path: `jobs:${path}`, args });
    if (body.status !== 'success') throw new Error(`${path} failed: ${JSON.stringify(body)}`);
  };
  const ask = async (path: string): Promise<string[]> =>
    (await platform.post('/p/app/api/query', { path: `jobs:${path}`, args: {} })).body.value;
  const until = async (text: string, count = 1): Promise<string[]> => {
    for (let tries = 0; tries < 100; tries++) {
      const ran = await ask('ran');
      if (ran.filter((each) => each === text).length >= count) return ran;
      await pause(100);
    }
    throw new Error(`${text} did not run: ${JSON.stringify(await ask('ran'))} ${JSON.stringify(await ask('states'))}`);
  };
  return { platform, mutate, ask, until };
}

test('a mutation schedules mutations, which schedule others, and an action schedules and cancels', async ({ expect, onTestFinished }) => {
  const { platform, mutate, ask, until } = await start(onTestFinished);
  await mutate('later', { ms: 200, text: 'later' });
  await mutate('chain', { left: 3 });
  await mutate('start', { path: 'jobs:act', args: { text: 'acted' } });

  await until('later');
  await until('acted and later');
  expect((await ask('ran')).filter((text) => text.startsWith('chain'))).toEqual(['chain 3', 'chain 2', 'chain 1', 'chain 0']);
  await pause(300);
  expect([...new Set(await ask('states'))].sort()).toEqual(['canceled', 'success']);
  const logs = await (
    await fetch(`${platform.url}/admin/projects/app/logs?after=0`, { headers: { authorization: `Bearer ${adminKey}` } })
  ).text();
  const calls = logs.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  expect(calls.filter(({ job }) => job !== undefined).map(({ kind, path }) => `${kind} ${path}`)).toEqual(
    expect.arrayContaining(['mutation jobs:note', 'mutation jobs:chain', 'action jobs:act']),
  );
  expect(calls.find(({ path }) => path === 'jobs:act')).toMatchObject({ lines: [{ text: 'acting' }] });
});

test('a job runs although the process was killed after it was scheduled, and nobody calls', async ({ expect, onTestFinished }) => {
  const { platform, mutate, ask } = await start(onTestFinished);
  await mutate('later', { ms: 1_500, text: 'after the kill' });
  await platform.kill();
  await platform.start();

  // Silence: only the alarm can do it. Asking would start the engine, so the answer must be there at the first question.
  await pause(4_000);
  expect(await ask('ran')).toContain('after the kill');
});

test('what was due while the process was dead runs when it is back', async ({ expect, onTestFinished }) => {
  const { platform, mutate, ask } = await start(onTestFinished);
  await mutate('later', { ms: 300, text: 'while dead' });
  await platform.kill();
  await pause(600);
  await platform.start();

  await pause(3_000);
  expect(await ask('ran')).toContain('while dead');
});

test('killed at any moment, every job that was acknowledged runs exactly once', async ({ expect, onTestFinished }) => {
  const { platform, ask } = await start(onTestFinished);
  const texts: string[] = [];
  const maybe: string[] = [];
  for (let round = 0; round < 4; round++) {
    for (let n = 0; n < 12; n++) {
      const text = `round ${round} job ${n}`;
      const answer = platform.post('/p/app/api/mutation', { path: 'jobs:later', args: { ms: (n % 4) * 60, text } }).catch(() => null);
      maybe.push(text);
      void answer.then((given) => given?.body.status === 'success' && texts.push(text));
    }
    await pause(150 + round * 150);
    await platform.kill();
    await platform.start();
  }
  // The guard of the last mutations stands 20 s ahead; asking now would be a shortcut, and is a caller's right.
  await ask('ran');
  await pause(3_000);
  const ran = (await ask('ran')).filter((text) => text.startsWith('round'));
  expect(new Set(ran).size, 'nothing twice').toBe(ran.length);
  expect(
    texts.filter((text) => !ran.includes(text)),
    'nothing lost',
  ).toEqual([]);
  expect(ran.filter((text) => !maybe.includes(text))).toEqual([]);
  expect(texts.length).toBeGreaterThan(10);
});

test('an action that was under way when the process was killed is not started again', async ({ expect, onTestFinished }) => {
  const { platform, mutate, ask, until } = await start(onTestFinished);
  await mutate('start', { path: 'jobs:slow', args: {} });
  await until('slow began');
  await platform.kill();
  await platform.start();
  await pause(4_000);

  const ran = await ask('ran');
  expect([ran.filter((text) => text === 'slow began').length, ran.includes('slow ended')]).toEqual([1, false]);
  expect(await ask('states')).toContain('inProgress');
});

test('cron jobs run from the deployment on, also after a kill and in silence, and end with a deployment without them', async ({
  expect,
  onTestFinished,
}) => {
  const { platform, ask, until } = await start(onTestFinished);
  expect(await platform.deploy('app', withCron)).toMatchObject({ status: 201 });
  await until('beat', 2);
  await platform.kill();
  await platform.start();
  await pause(3_500);
  const beats = (await ask('ran')).filter((text) => text === 'beat').length;
  expect(beats).toBeGreaterThanOrEqual(4);

  expect(await platform.deploy('app', `${app}// without`)).toMatchObject({ status: 201 });
  const last = (await ask('ran')).filter((text) => text === 'beat').length;
  await pause(2_500);
  expect((await ask('ran')).filter((text) => text === 'beat').length).toBe(last);
});

test('with the app compiled in, jobs and cron jobs run as well', async ({ expect }) => {
  const compiled = await startLocalPlatform({ host: 'static', app: withCron });
  try {
    const post = (kind: string, path: string, args: object) => compiled.post(`/p/app/api/${kind}`, { path: `jobs:${path}`, args });
    await post('mutation', 'start', { path: 'jobs:act', args: { text: 'acted' } });
    await pause(2_500);
    const { body } = await post('query', 'ran', {});
    expect(body.value).toEqual(expect.arrayContaining(['beat', 'acted', 'acted and later']));
  } finally {
    await compiled.stop();
  }
});
