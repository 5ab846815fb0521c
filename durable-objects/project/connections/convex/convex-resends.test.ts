import { expect, test } from 'vitest';
import { ConvexConnection, sessionId } from '../../test/convex-client.ts';
import { ProjectBench } from '../../test/project-bench.ts';

const hour = 60 * 60 * 1000;

function come(bench: ProjectBench): ConvexConnection {
  const client = new ConvexConnection(bench);
  client.connect(sessionId(1));
  return client;
}

function kept(bench: ProjectBench): string[] {
  return bench.host.disk.outcomes.map(({ request }) => request.id);
}

async function add(bench: ProjectBench, client: ConvexConnection, id: number): Promise<void> {
  client.mutate(id, 'cells:add', { cell: 'a', by: 1 });
  await bench.quiet();
  await bench.timer.pass(1_000);
}

test('on a new connection the first mutation tells which outcomes need not be kept', async () => {
  const bench = await ProjectBench.deployed();
  const client = come(bench);
  for (const id of [0, 1, 2, 3]) await add(bench, client, id);
  expect(kept(bench)).toEqual(['0', '1', '2', '3']);

  bench.hangUp(client.socket);
  const again = come(bench);
  await add(bench, again, 3);
  await add(bench, again, 4);

  expect(kept(bench)).toEqual(['3', '4']);
  expect(bench.host.disk.cells.get('a')).toBe(5);
});

test('after sleep the first mutation on an old connection tells nothing', async () => {
  const bench = await ProjectBench.deployed();
  const client = come(bench);
  await add(bench, client, 0);
  bench.sleep();
  await add(bench, client, 1);
  await add(bench, client, 2);

  expect(kept(bench)).toEqual(['0', '1', '2']);
});

test.each(['at once', 'after being killed'])('what was forgotten is refused, not run again (%s)', async (when) => {
  const bench = await ProjectBench.deployed();
  const client = come(bench);
  for (const id of [0, 1]) await add(bench, client, id);
  bench.hangUp(client.socket);
  const second = come(bench);
  await add(bench, second, 2);
  if (when === 'after being killed') bench.crash();
  else bench.hangUp(second.socket);

  const again = come(bench);
  again.modify([]);
  await add(bench, again, 1);

  expect(again.heard()).toContainEqual({
    type: 'MutationResponse',
    requestId: 1,
    success: false,
    result: expect.stringContaining('not known any more whether it ran'),
    logLines: [],
  });
  expect(bench.host.disk.cells.get('a')).toBe(3);
});

test('a connection that is open for days keeps the outcomes of the last ones alone, and holds up nobody else’s', async () => {
  const bench = await ProjectBench.deployed();
  const idle = new ConvexConnection(bench);
  idle.connect(sessionId(2));
  const client = come(bench);
  for (let day = 0; day < 10; day++) {
    await add(bench, client, day);
    await bench.mutate('cells:set', { cell: 'b', value: day }, `key ${day}`);
    await bench.timer.pass(24 * hour);
    bench.sleep();
    await bench.project.alarm.ring();
    await bench.quiet();
  }

  expect(kept(bench).length).toBeLessThan(8);
  expect(kept(bench)).toContain('9');
  expect(client.socket.closedWith).toBeNull();
});

test('a client that was away longer than its session lives goes on, and what it had called is not run again', async () => {
  const bench = await ProjectBench.deployed();
  const client = come(bench);
  await add(bench, client, 0);
  bench.hangUp(client.socket);
  await bench.timer.pass(25 * hour);

  for (const isSwept of [false, true]) {
    if (isSwept) await bench.project.alarm.ring();
    const again = come(bench);
    await add(bench, again, 0);
    await add(bench, again, 1);
    expect(bench.host.disk.runs.get(`convex:${sessionId(1)} 0`)).toBe(1);
    expect(bench.host.disk.runs.get(`convex:${sessionId(1)} 1`)).toBe(1);
    bench.hangUp(again.socket);
  }
});

test('an outcome that was swept because it was old is refused too', async () => {
  const bench = await ProjectBench.deployed();
  const client = come(bench);
  await add(bench, client, 0);
  for (let day = 0; day < 3; day++) {
    await bench.timer.pass(24 * hour);
    await bench.project.alarm.ring();
    await bench.quiet();
  }
  expect(kept(bench)).toEqual([]);

  bench.hangUp(client.socket);
  const again = come(bench);
  await add(bench, again, 0);

  expect(bench.host.disk.cells.get('a')).toBe(1);
});
