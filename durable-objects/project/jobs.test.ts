import { expect, test } from 'vitest';
import { GuardAlarm } from './alarm.ts';
import { Jobs } from './jobs.ts';
import { JobBench } from './test/job-bench.ts';
import { settled } from './test/fake-timer.ts';

const notes = async (bench: JobBench): Promise<unknown> => {
  const outcome = await bench.call('query', 'notes');
  return outcome.ok ? JSON.parse(outcome.value) : outcome.error;
};

test.each([0, 5_000, 3_600_000])(
  'a job due in %i ms that is committed runs once, wherever the process is lost, and nobody calls',
  async (ms) => {
    const seen = { committed: 0, acknowledged: 0 };
    for (let steps = 0; steps < 14; steps++) {
      const bench = await JobBench.deployed();
      bench.stepsLeft = steps;
      let isAcknowledged = false;
      void Promise.resolve(bench.call('mutation', 'later', { ms })).then((outcome) => {
        isAcknowledged = outcome.ok;
      });
      await settled();

      bench.restart();
      await bench.silence(ms + 60_000);
      const ran = await notes(bench);

      expect(ran, `lost after ${steps} steps`).toEqual(isAcknowledged || (Array.isArray(ran) && ran.length > 0) ? ['ran'] : []);
      seen.committed += Array.isArray(ran) ? ran.length : 0;
      seen.acknowledged += isAcknowledged ? 1 : 0;
    }
    expect(seen.committed).toBeGreaterThan(seen.acknowledged);
    expect(seen.acknowledged).toBeGreaterThan(0);
  },
);

test('a job that froze the process of bb dev has failed, and is not run again', async () => {
  const bench = await JobBench.deployed();
  const scheduled = await bench.call('mutation', 'later', { ms: 1_000 });
  const id = scheduled.ok ? String(JSON.parse(scheduled.value)) : '';
  const error = { code: 'function/timed-out', message: 'It held the whole process.' } as const;
  bench.hang = { kind: 'mutation', session: 'job', id, path: 'jobs:note', error };
  bench.restart();
  await bench.silence(60_000);

  expect(await notes(bench)).toEqual([]);
  expect(await bench.call('query', 'states')).toMatchObject({ value: expect.stringContaining('It held the whole process.') });
});

test('nothing that is due runs while the project is suspended, however often it wakes; when it is open again, it runs', async () => {
  const bench = await JobBench.deployed();
  await bench.call('mutation', 'later', { ms: 5_000 });
  bench.project.standing.suspend(bench.timer.now());
  await bench.silence(600_000);
  bench.restart();
  await bench.silence(600_000);
  expect(bench.storedNotes).toBe(0);

  await bench.project.switchboard.resume();
  await settled();
  expect(bench.storedNotes).toBe(1);
});

test('what was due runs after a project was opened, wherever the process is lost in between', async () => {
  for (let steps = 0; steps < 10; steps++) {
    const bench = await JobBench.deployed();
    await bench.call('mutation', 'later', { ms: 5_000 });
    bench.project.standing.suspend(bench.timer.now());
    await bench.silence(60_000);
    bench.stepsLeft = steps;
    void bench.project.switchboard.resume().catch(() => {});
    await settled();
    bench.restart();
    const isOpen = bench.project.standing.state === 'open';
    await bench.silence(60_000);
    if (!isOpen) await bench.project.switchboard.resume();
    await settled();
    expect(await notes(bench), `lost after ${steps} steps`).toEqual(['ran']);
  }
});

test('what is never scheduled never wakes anybody', async () => {
  const bench = await JobBench.deployed();
  for (let n = 0; n < 10; n++) await bench.call('mutation', 'plain');
  await settled();

  expect(bench.alarms).toEqual({ at: null, sets: 0 });
});

test('one alarm guards many mutations', async () => {
  const bench = await JobBench.deployed();
  for (let n = 0; n < 50; n++) await bench.call('mutation', 'later', { ms: 0 });
  await settled();

  expect(bench.alarms.sets).toBe(1);
  expect(await notes(bench)).toHaveLength(50);
});

test('a job runs at its time, and the next wake is for forgetting it', async () => {
  const bench = await JobBench.deployed();
  await bench.call('mutation', 'later', { ms: 60_000 });
  await settled();
  expect(bench.alarms.at).toBe(bench.timer.now() + 60_000);

  await bench.silence(59_999);
  expect(await notes(bench)).toEqual([]);
  await bench.silence(1);
  expect(await notes(bench)).toEqual(['ran']);
  expect(bench.alarms.at).toBeGreaterThan(bench.timer.now() + 6 * 86_400_000);
  await bench.silence(8 * 86_400_000);
  expect(bench.alarms.at).toBeNull();
});

test('an engine that wants to be woken, and has nothing to do, is not asked for ever', async () => {
  const armed: number[] = [];
  const alarm = new GuardAlarm({
    alarm: { get: async () => null, set: async (at) => void armed.push(at) },
    now: () => 1_000,
    work: async () => null,
  });
  let asked = 0;
  const jobs = new Jobs({
    isPaused: () => false,
    alarm,
    now: () => 1_000,
    newRequest: () => 'r',
    add: ({ settle }) => {
      asked += 1;
      if (asked > 5_000) throw new Error('It is asked for ever.');
      queueMicrotask(() => settle({ do: 'jobs', due: [] }));
    },
    onRun: () => {},
    startAction: () => {},
  });

  jobs.wantedAt(999);
  await settled();

  expect(asked).toBeLessThan(500);
  expect(armed).not.toEqual([]);
});
