import { expect, test } from 'vitest';
import { turnBench } from '../test/turn-bench.ts';

test('a lone mutation goes to the engine in the same tick', async () => {
  const bench = turnBench();
  await bench.open();

  const answer = bench.mutate('cells:set', { cell: 'a', value: 1 });

  expect(bench.host.engine?.turns.length).toBe(1);
  expect(await answer).toMatchObject({ outcome: { ok: true, value: '1' } });
});

test('what arrives while a turn is under way goes together in the next one, in order', async () => {
  const bench = turnBench();
  await bench.open();

  const answers = [1, 2, 3, 4, 5].map((value) => bench.mutate('cells:set', { cell: 'a', value }));
  await Promise.all(answers);

  expect(bench.turnSizes()).toEqual([1, 4]);
  expect(bench.disk.cells.get('a')).toBe(5);
});

test('a turn takes at most 256 operations', async () => {
  const bench = turnBench();
  await bench.open();

  await Promise.all(Array.from({ length: 600 }, () => bench.mutate('cells:add', { cell: 'a', by: 1 })));

  expect(bench.turnSizes()).toEqual([1, 256, 256, 87]);
  expect(bench.disk.cells.get('a')).toBe(600);
});

test('large arguments do not gather in one turn', async () => {
  const bench = turnBench();
  await bench.open();

  await Promise.all(Array.from({ length: 4 }, (_, n) => bench.mutate('cells:set', { cell: `c${n}`, value: 'x'.repeat(3_000_000) })));

  expect(bench.turnSizes()).toEqual([1, 1, 1, 1]);
});

test('the inbox is bounded, and says that it is overloaded', async () => {
  const bench = turnBench();
  await bench.open();
  bench.host.step = () => new Promise(() => {});
  void bench.mutate('cells:add', { cell: 'a', by: 1 });
  for (let n = 0; n < 8_192; n++) void bench.mutate('cells:add', { cell: 'a', by: 1 });

  await expect(bench.mutate('cells:add', { cell: 'a', by: 1 })).rejects.toMatchObject({ code: 'limit/overloaded' });
});

test('what an engine that stops early did not run goes first in the next turn', async () => {
  const bench = turnBench();
  await bench.open();
  bench.engine().mostOperations = 2;

  const values = await Promise.all([1, 2, 3, 4, 5, 6].map((value) => bench.mutate('cells:set', { cell: 'a', value })));

  expect(values.map(({ outcome }) => outcome)).toEqual([1, 2, 3, 4, 5, 6].map((value) => ({ ok: true, value: String(value) })));
  expect(bench.disk.cells.get('a')).toBe(6);
  expect([...bench.disk.runs.values()].every((runs) => runs === 1)).toBe(true);
});

test('a query and a mutation may share a turn, and the answer of a watched query is as of its end', async () => {
  const bench = turnBench();
  await bench.open();
  const first = bench.mutate('cells:set', { cell: 'a', value: 1 });
  const query = bench.watch('cells:get', { cell: 'a' });
  const second = bench.mutate('cells:set', { cell: 'a', value: 2 });

  await Promise.all([first, second]);

  expect(bench.turnSizes()).toEqual([1, 2]);
  expect(query.outcome).toEqual({ ok: true, value: '{"value":2}' });
});

test('while held, nothing new begins, and what is under way ends', async () => {
  const bench = turnBench();
  await bench.open();
  const first = bench.mutate('cells:set', { cell: 'a', value: 1 });
  const held = bench.inbox.hold();
  const second = bench.mutate('cells:set', { cell: 'a', value: 2 });

  await held;
  await first;
  expect(bench.turnSizes()).toEqual([1]);

  bench.inbox.release();
  expect(await second).toMatchObject({ outcome: { ok: true, value: '2' } });
});

test('an engine that was started anew by the platform gets everything again, watched queries first', async () => {
  const bench = turnBench();
  await bench.open();
  const query = bench.watch('cells:get', { cell: 'a' });
  await bench.quiet();
  bench.reboot();

  const result = await bench.mutate('cells:set', { cell: 'a', value: 1 });

  expect(result).toMatchObject({ outcome: { ok: true }, replayed: false });
  expect(bench.engine().turns.map(({ operations }) => operations.map((operation) => operation.do))).toEqual([
    ['mutation'],
    ['resume'],
    ['query', 'mutation'],
  ]);
  expect(query.outcome).toEqual({ ok: true, value: '{"value":1}' });
});

test('without a deployment everybody is told so, and nothing waits', async () => {
  const bench = turnBench({ deployment: null });

  const result = bench.mutate('cells:set', { cell: 'a', value: 1 });

  await expect(result).rejects.toMatchObject({ code: 'project/not-deployed' });
  expect(bench.inbox.waiting).toBe(0);
  expect(bench.unavailable).toMatchObject([{ code: 'project/not-deployed' }]);
});
