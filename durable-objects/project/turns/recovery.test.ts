import { expect, test } from 'vitest';
import { turnBench } from '../test/turn-bench.ts';

/** Loses the call at the nth step from now on, once. */
function loseAt(bench: ReturnType<typeof turnBench>, nth: number): { readonly steps: () => number } {
  let steps = 0;
  bench.host.step = (name) => {
    steps += 1;
    if (steps === nth) throw new Error(`lost at step ${nth} (${name})`);
  };
  return { steps: () => steps };
}

test.each(Array.from({ length: 40 }, (_, step) => step + 1))(
  'a batch of 32 that is lost at step %i runs every mutation once and answers all',
  async (step) => {
    const bench = turnBench();
    await bench.open();
    const blocker = bench.mutate('cells:set', { cell: 'other', value: 0 });
    const answers = Array.from({ length: 32 }, (_, n) =>
      bench.mutate('cells:add', { cell: 'sum', by: 1 }, n % 2 === 0 ? null : 'session', `${n}`),
    );
    loseAt(bench, step);

    const results = await Promise.all([blocker, ...answers]);

    expect(results.every(({ outcome }) => outcome.ok)).toBe(true);
    expect(results.slice(1).map(({ outcome }) => outcome.ok && outcome.value)).toEqual(Array.from({ length: 32 }, (_, n) => String(n + 1)));
    expect(bench.disk.cells.get('sum')).toBe(32);
    expect([...bench.disk.runs.values()].filter((runs) => runs !== 1)).toEqual([]);
  },
);

test.each(Array.from({ length: 60 }, (_, step) => step + 1))(
  'losing the call at step %i and again at every eleventh step after loses no acknowledgement',
  async (step) => {
    const bench = turnBench();
    await bench.open();
    const blocker = bench.mutate('cells:set', { cell: 'other', value: 0 });
    const answers = Array.from({ length: 8 }, (_, n) =>
      bench.mutate('cells:add', { cell: 'sum', by: 1 }, 'session', `${n}`).catch(() => null),
    );
    let steps = 0;
    bench.host.step = () => {
      steps += 1;
      if (steps >= step && (steps - step) % 11 === 0) throw new Error('lost');
    };

    const results = await Promise.all([blocker.catch(() => null), ...answers]);

    bench.host.step = () => {};
    const committed = [...bench.disk.runs].filter(([key]) => key.startsWith('session'));
    expect(committed.filter(([, runs]) => runs !== 1)).toEqual([]);
    for (const [n, result] of results.slice(1).entries()) {
      const again = await bench.mutate('cells:add', { cell: 'sum', by: 1 }, 'session', `${n}`);
      // Whoever was answered gets the same again; whoever was turned away learns its one outcome by asking again.
      if (result !== null) expect(again.outcome).toEqual(result.outcome);
    }
    const succeeded = [...bench.disk.runs].filter(([key]) => key.startsWith('session')).length;
    expect(bench.disk.cells.get('sum') ?? 0).toBe(succeeded);
  },
);

test('a mutation that loops is ended after the deadline, and all others of its batch are done', async () => {
  const bench = turnBench();
  await bench.open();
  const blocker = bench.mutate('cells:set', { cell: 'other', value: 0 });
  const before = bench.mutate('cells:add', { cell: 'sum', by: 1 });
  const looping = bench.mutate('cells:loop', { cell: 'sum' }, 'session', '7');
  const after = bench.mutate('cells:add', { cell: 'sum', by: 1 });
  await blocker;
  await bench.quiet();

  await bench.timer.pass(30_000);
  await bench.timer.pass(30_000);

  expect(await before).toMatchObject({ outcome: { ok: true, value: '1' }, replayed: true });
  expect(await looping).toMatchObject({ outcome: { ok: false, error: { code: 'function/timed-out' } } });
  expect(await after).toMatchObject({ outcome: { ok: true, value: '2' } });
});

test('the mutation that looped does not loop again when it is sent again', async () => {
  const bench = turnBench();
  await bench.open();
  const looping = bench.mutate('cells:loop', { cell: 'sum' }, 'session', '7');
  await bench.timer.pass(30_000);
  await bench.timer.pass(30_000);
  const first = await looping;

  const second = await bench.mutate('cells:loop', { cell: 'sum' }, 'session', '7');

  expect(second).toMatchObject({ outcome: first.outcome, replayed: true });
});

test('a query that takes the engine down is refused for a minute instead of run', async () => {
  const bench = turnBench();
  await bench.open();
  const looping = bench.ask('cells:loop', { cell: 'a' });
  await bench.timer.pass(30_000);
  await bench.timer.pass(30_000);
  expect(await looping).toMatchObject({ outcome: { ok: false, error: { code: 'function/timed-out' } } });
  const turns = bench.engine().turns.length;

  expect(await bench.ask('cells:loop', { cell: 'a' })).toMatchObject({ outcome: { ok: false, error: { code: 'function/timed-out' } } });
  expect(bench.engine().turns.length).toBe(turns);
});

test('a watched query that takes the engine down gets an error; the others are right again', async () => {
  const bench = turnBench();
  const good = bench.watch('cells:get', { cell: 'a' });
  await bench.quiet();
  const bad = bench.watch('cells:loop', { cell: 'a' });
  await bench.timer.pass(30_000);
  await bench.timer.pass(30_000);

  await bench.mutate('cells:set', { cell: 'a', value: 1 });

  expect(good.outcome).toEqual({ ok: true, value: '{"value":1}' });
  expect(bad.outcome).toMatchObject({ ok: false, error: { code: 'function/timed-out' } });
  expect(bench.queries.isCatchingUp).toBe(false);
});

test('watched queries are right after a lost call, whatever had been committed', async () => {
  for (let step = 1; step <= 6; step++) {
    const bench = turnBench();
    const query = bench.watch('cells:get', { cell: 'a' });
    await bench.quiet();
    loseAt(bench, step);

    await bench.mutate('cells:set', { cell: 'a', value: step });
    await bench.quiet();

    expect(query.outcome).toEqual({ ok: true, value: `{"value":${step}}` });
    expect(bench.engine().liveCount).toBe(1);
  }
});

test('an engine that does not come up turns everybody away and is tried again by the next call', async () => {
  const bench = turnBench();
  await bench.open();
  bench.host.step = () => {
    throw new Error('down');
  };
  const first = bench.mutate('cells:add', { cell: 'sum', by: 1 }, 'session', '1');
  const second = bench.mutate('cells:add', { cell: 'sum', by: 1 }, 'session', '2');

  await expect(first).rejects.toMatchObject({ code: 'engine/unavailable' });
  await expect(second).rejects.toMatchObject({ code: 'engine/unavailable' });
  expect(bench.unavailable).toMatchObject([{ code: 'engine/unavailable' }]);

  bench.host.step = () => {};
  expect(await bench.mutate('cells:add', { cell: 'sum', by: 1 }, 'session', '1')).toMatchObject({ outcome: { ok: true, value: '1' } });
});
