import { expect, test } from 'vitest';
import { ConvexConnection, sessionId } from '../../test/convex-client.ts';
import { ProjectBench } from '../../test/project-bench.ts';

const pulse = 45_000;

/** A client that watches a cell, fully settled. */
async function settledClient(bench: ProjectBench, session = 1) {
  const client = new ConvexConnection(bench);
  client.connect(sessionId(session));
  client.watch(0, 'cells:get', { cell: 'a' });
  await bench.quiet();
  await bench.timer.pass(2_000);
  client.heard();
  return client;
}

/** Time passes, and the alarm rings if it is set for then. */
async function pass(bench: ProjectBench, milliseconds: number): Promise<void> {
  await bench.timer.pass(milliseconds);
  if (bench.alarms.at === null || bench.alarms.at > bench.timer.now()) return;
  bench.alarms.at = null;
  await bench.project.alarm.ring();
  await bench.quiet();
}

test('a Convex client sleeps and wakes with the object, and its versions go on', async () => {
  const bench = await ProjectBench.deployed();
  const client = await settledClient(bench);

  bench.sleep();
  await bench.mutate('cells:set', { cell: 'a', value: 1 });
  client.watch(1, 'cells:get', { cell: 'b' });
  await bench.quiet();

  expect(client.transitions()).toMatchObject([
    { endVersion: { querySet: 1 }, modifications: [{ queryId: 0, value: { value: 1 } }] },
    { endVersion: { querySet: 2 }, modifications: [{ queryId: 1 }] },
  ]);
});

test('after sleep, a change of the query set is answered though nothing is to be run', async () => {
  const bench = await ProjectBench.deployed();
  const client = await settledClient(bench);
  await settledClient(bench, 2);

  bench.sleep();
  client.unwatch(0);
  await bench.quiet();

  expect(client.transitions()).toMatchObject([{ endVersion: { querySet: 2 }, modifications: [{ type: 'QueryRemoved', queryId: 0 }] }]);
});

test('a connection with something under way when memory is lost is closed, so that its client comes back', async () => {
  const bench = await ProjectBench.deployed();
  const client = await settledClient(bench);
  bench.host.step = () => new Promise(() => {});
  client.mutate(0, 'cells:add', { cell: 'a', by: 1 });

  bench.host.step = () => {};
  bench.sleep();

  expect(client.socket.closedWith).toEqual({ code: 1012, reason: 'restarted' });
});

test('clients hear something every 45 s, asleep or not, and the engine is left asleep', async () => {
  const bench = await ProjectBench.deployed();
  const clients = [await settledClient(bench, 1), await settledClient(bench, 2)];
  bench.sleep();

  await pass(bench, pulse);
  bench.sleep();
  await pass(bench, pulse);

  expect(clients.map((client) => client.heard())).toEqual([
    [{ type: 'Ping' }, { type: 'Ping' }],
    [{ type: 'Ping' }, { type: 'Ping' }],
  ]);
  expect(bench.host.engine).toBeNull();
  expect(bench.alarms.at).toBe(bench.timer.now() + pulse);
});

test('clients of our own protocol are not pinged, and need no alarm for it', async () => {
  const bench = await ProjectBench.deployed();
  const own = bench.connect();
  own.heard();
  await bench.quiet();
  const at = bench.alarms.at;
  const client = await settledClient(bench);
  expect(bench.alarms.at).toBeLessThan(at ?? 0);
  await pass(bench, pulse);
  expect(own.heard()).toEqual([]);

  bench.hangUp(client.socket);
  await pass(bench, pulse);

  expect(bench.alarms.at).toBe(at);
});

test('sockets that a crash took are pinged no more', async () => {
  const bench = await ProjectBench.deployed();
  await settledClient(bench);
  bench.crash();

  await pass(bench, pulse);

  expect(bench.disk.rows('SELECT hand FROM alarm_hands')).toEqual([]);
});
