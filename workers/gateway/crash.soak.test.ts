import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Seeded, seeds } from '@betterbase/testing';
import { freePort } from '@betterbase/testing/process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KillablePlatform } from './test/killable-platform.ts';
import { soakAccounts, soakApp } from './test/soak-app.ts';
import { callOverHttp, callWithClient, post, RawCaller } from './test/soak-callers.ts';
import { SoakLog } from './test/soak-log.ts';

const rounds = 50;

let state = '';
let platform: KillablePlatform;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'betterbase-soak-'));
  // Always the same port, so that clients find it again.
  platform = new KillablePlatform(state, await freePort());
  await platform.start();
  expect((await platform.deploy('app', soakApp)).status).toBe(201);
  expect(await mutate('soak:open', { names: [...soakAccounts] })).toMatchObject({ status: 'success' });
}, 60_000);
afterAll(async () => {
  await platform.kill();
  await rm(state, { recursive: true, force: true });
});

const mutate = (path: string, args: object) => post(platform, '/mutation', { path, args });
const ask = async (path: string, args: object): Promise<unknown> => {
  const answer = await post(platform, '/query', { path, args });
  if (answer?.status !== 'success') throw new Error(`${path}: ${JSON.stringify(answer)}`);
  return answer.value;
};

test.each(seeds(1))(`${rounds} kills at random moments: one order of events, nothing lost, nothing twice (seed %i)`, async (seed) => {
  const random = new Seeded(seed);
  const log = new SoakLog(random);
  let isOver = false;
  const parts = (name: string) => ({ platform, log, name, isOver: () => isOver });
  const raw = ['raw1', 'raw2'].map((name) => new RawCaller(parts(name)));
  const calling = Promise.all([
    ...['http1', 'http2', 'http3'].map((name) => callOverHttp(parts(name))),
    ...raw.map((caller) => caller.run()),
    ...['client1', 'client2'].map((name) => callWithClient(parts(name))),
  ]);
  const start = performance.now();
  const killing = (async () => {
    for (let round = 0; round < rounds; round++) {
      await pause(20 + random.below(600));
      await platform.kill();
      await platform.start();
      log.round += 1;
    }
    isOver = true;
  })();
  await Promise.race([calling, killing]);
  await Promise.all([calling, killing]);

  const invoked = log.recorder.tick();
  // Nobody writes any more, so reading one after the other is reading at once; together they are more than a query may read.
  const lists: string[][] = [];
  for (const list of log.lists) lists.push(...((await ask('soak:read', { lists: [list] })) as string[][]));
  log.read('what is there in the end', invoked, log.lists, lists);
  const balances = (await ask('soak:balances', {})) as Record<string, number>;
  const { anomalies, money } = log.check(new Set(lists.flat()), balances);

  const figures = {
    rounds,
    seconds: Math.round((performance.now() - start) / 1000),
    ...log.figures(),
    resends: raw.reduce((sum, { resends }) => sum + resends, 0),
  };
  console.log(`Crash soak, seed ${seed}: ${JSON.stringify(figures)}`);
  expect(anomalies.slice(0, 5)).toEqual([]);
  expect(money.slice(0, 5)).toEqual([]);
  expect(figures.unknown, 'whoever is owed an answer has it').toBe(0);
  expect(figures.acknowledged).toBeGreaterThan(rounds * 20);
});

test('a job that is committed when the process is killed runs, although nobody calls', async () => {
  const sent: string[] = [];
  const acknowledged: string[] = [];
  for (const [at, untilKill] of [0, 2, 5, 10, 20, 40].entries()) {
    const mark = `job${at}`;
    sent.push(mark);
    const scheduled = mutate('soak:later', { mark, ms: 1_000 }).then((answer) => {
      if (answer?.status === 'success') acknowledged.push(mark);
    });
    // Some are killed as soon as they are answered, some sooner.
    await (at % 2 === 0 ? scheduled : pause(untilKill));
    await platform.kill();
    await scheduled;
    await platform.start();
    expect(await ask('soak:balances', {})).toBeDefined();
  }
  await platform.kill();
  await platform.start();
  // Guard alarms ring at most 20 s after the commit that they guard.
  await pause(24_000);
  const firstCall = Date.now();

  const notes = (await ask('soak:notes', {})) as { readonly mark: string; readonly at: number }[];
  const scheduled = ((await ask('soak:read', { lists: ['scheduled'] })) as string[][]).flat();

  console.log(`Jobs: ${sent.length} sent, ${acknowledged.length} acknowledged, ${scheduled.length} committed, ${notes.length} ran.`);
  expect(notes.map(({ mark }) => mark).sort()).toEqual([...scheduled].sort());
  expect(scheduled).toEqual(expect.arrayContaining(acknowledged));
  expect(acknowledged.length).toBeGreaterThan(0);
  for (const { at } of notes) expect(at).toBeLessThan(firstCall);
});
