/** Where pages end is kept through everything that makes a query run again. */
import { expect, test } from 'vitest';
import type { FakeSocket } from '../test/fake-socket.ts';
import { ProjectBench } from '../test/project-bench.ts';

const page = { path: 'cells:page', args: { cell: 'a' } };
const change = (socket: FakeSocket): unknown => socket.transitions().at(-1)?.changes[0];

/** A client that watches a page which ends at 1. */
async function watcher(bench: ProjectBench): Promise<FakeSocket> {
  await bench.mutate('cells:set', { cell: 'a', value: 1 });
  const socket = bench.connect();
  bench.watch(socket, 1, page.path, page.args);
  await bench.quiet();
  return socket;
}

test('an answer with pages says where they end, and one without does not', async () => {
  const bench = await ProjectBench.deployed();
  const socket = await watcher(bench);

  expect(change(socket)).toMatchObject({ value: { value: 1 }, journal: 'ends at 1' });
  bench.watch(socket, 2, 'cells:get', { cell: 'a' });
  await bench.quiet();
  expect(change(socket)).not.toHaveProperty('journal');
});

test('a client that brings its journal gets the pages it had', async () => {
  const bench = await ProjectBench.deployed();
  await bench.mutate('cells:set', { cell: 'a', value: 7 });
  const socket = bench.connect();

  bench.say(socket, { type: 'watch', add: [{ id: 1, ...page, journal: 'ends at 3' }], remove: [] });
  await bench.quiet();

  expect(change(socket)).toMatchObject({ value: { value: 7, journal: 'ends at 3' }, journal: 'ends at 3' });
});

test('clients whose pages end at different places do not share an answer, and those with equal ends do', async () => {
  const bench = await ProjectBench.deployed();
  const sockets = ['x', 'y', 'y'].map((journal) => {
    const socket = bench.connect();
    bench.say(socket, { type: 'watch', add: [{ id: 1, ...page, journal }], remove: [] });
    return socket;
  });
  await bench.quiet();

  expect(sockets.map(change)).toMatchObject(['x', 'y', 'y'].map((journal) => ({ value: { journal } })));
  expect(bench.host.engine?.liveCount).toBe(2);
});

test.each(['ends', 'stays'] as const)('after sleep pages end where they did (the engine %s)', async (engine) => {
  const bench = await ProjectBench.deployed();
  const socket = await watcher(bench);
  await bench.timer.pass(2_000);
  socket.heard();

  bench.sleep({ engine });
  await bench.mutate('cells:set', { cell: 'a', value: 2 });

  expect(change(socket)).toMatchObject({ value: { value: 2, journal: 'ends at 1' }, journal: 'ends at 1' });
});

test('when the engine is lost pages end where they did', async () => {
  const bench = await ProjectBench.deployed();
  const socket = await watcher(bench);
  socket.heard();

  bench.host.abort();
  await bench.mutate('cells:set', { cell: 'a', value: 2 });
  await bench.quiet();

  expect(change(socket)).toMatchObject({ value: { value: 2, journal: 'ends at 1' } });
});

test('a new end of a page that was saved is saved too before anybody sleeps', async () => {
  const bench = await ProjectBench.deployed();
  const socket = await watcher(bench);
  await bench.timer.pass(2_000);
  await bench.mutate('cells:turn', { cell: 'a', value: 2 });
  expect(change(socket)).toMatchObject({ journal: 'ends at 2' });
  await bench.timer.pass(2_000);

  bench.sleep();
  await bench.mutate('cells:set', { cell: 'a', value: 3 });

  expect(socket.closedWith).toBeNull();
  expect(change(socket)).toMatchObject({ value: { value: 3, journal: 'ends at 2' } });
});
