import { expect, test } from 'vitest';
import { ConvexConnection, type ConvexHeard, sessionId, timeOf } from '../../test/convex-client.ts';
import { ProjectBench } from '../../test/project-bench.ts';

function come(bench: ProjectBench, session = 1): ConvexConnection {
  const client = new ConvexConnection(bench);
  client.connect(sessionId(session));
  return client;
}

const kinds = (heard: readonly ConvexHeard[]): readonly string[] => heard.map(({ type }) => type);

test('a mutation’s outcome comes first, and then its effect', async () => {
  const bench = await ProjectBench.deployed();
  const client = come(bench);
  client.watch(0, 'cells:get', { cell: 'a' });
  await bench.quiet();
  client.heard();

  client.mutate(0, 'cells:set', { cell: 'a', value: 1 });
  await bench.quiet();

  const [response, transition, ...more] = client.heard();
  expect(response).toEqual({ type: 'MutationResponse', requestId: 0, success: true, result: 1, logLines: [], ts: expect.any(String) });
  expect(transition).toMatchObject({ type: 'Transition', modifications: [{ queryId: 0, value: { value: 1 } }] });
  expect(more).toEqual([]);
  if (response?.type !== 'MutationResponse' || transition?.type !== 'Transition') throw new Error('Out of order.');
  expect(timeOf({ ts: response.ts ?? '' })).toBeLessThanOrEqual(timeOf(transition.endVersion));
});

test('a mutation that changes nothing the client sees moves its time all the same: its promise waits for that', async () => {
  const bench = await ProjectBench.deployed();
  const client = come(bench);
  client.modify([]);
  await bench.quiet();
  client.heard();

  client.mutate(0, 'cells:set', { cell: 'elsewhere', value: 1 });
  await bench.quiet();

  expect(kinds(client.heard())).toEqual(['MutationResponse', 'Transition']);
});

test('a mutation that leaves an answer as it was ends its promise, though the answer was made anew', async () => {
  const bench = await ProjectBench.deployed();
  const client = come(bench);
  client.watch(0, 'cells:get', { cell: 'a' });
  await bench.quiet();
  client.heard();

  bench.host.abort();
  client.mutate(0, 'cells:set', { cell: 'a', value: null });
  await bench.quiet();

  expect(kinds(client.heard())).toEqual(['MutationResponse', 'Transition']);
});

test('a mutation that fails has its message, and moves nothing', async () => {
  const bench = await ProjectBench.deployed();
  const client = come(bench);
  client.modify([]);
  await bench.quiet();
  client.heard();

  client.mutate(0, 'cells:refuse', { cell: 'a' });
  client.mutate(1, 'no path', {});
  await bench.quiet();

  expect(client.heard()).toEqual(
    expect.arrayContaining([
      { type: 'MutationResponse', requestId: 0, success: false, result: expect.stringContaining('no'), logLines: [] },
      { type: 'MutationResponse', requestId: 1, success: false, result: expect.stringContaining('no path'), logLines: [] },
    ]),
  );
});

test('mutations run in the order in which they were sent', async () => {
  const bench = await ProjectBench.deployed();
  const client = come(bench);
  for (let id = 0; id < 20; id++) client.mutate(id, 'cells:set', { cell: 'a', value: id });
  await bench.quiet();

  const answered = client.heard().flatMap((message) => (message.type === 'MutationResponse' ? [message.requestId] : []));
  expect(answered).toEqual(Array.from({ length: 20 }, (_, id) => id));
  expect(bench.host.disk.cells.get('a')).toBe(19);
});

test.each(['hung up', 'killed'])('a mutation that is sent again on its session runs once (%s)', async (how) => {
  const bench = await ProjectBench.deployed();
  const client = come(bench);
  client.mutate(0, 'cells:add', { cell: 'a', by: 1 });
  await bench.quiet();
  if (how === 'killed') bench.crash();
  else bench.hangUp(client.socket);

  const again = come(bench);
  again.watch(0, 'cells:get', { cell: 'a' });
  again.mutate(0, 'cells:add', { cell: 'a', by: 1 });
  again.mutate(1, 'cells:add', { cell: 'a', by: 1 });
  await bench.quiet();

  expect(again.heard()).toMatchObject([
    { type: 'MutationResponse', requestId: 0, success: true, result: 1 },
    { type: 'MutationResponse', requestId: 1, success: true, result: 2 },
    { type: 'Transition', modifications: [{ queryId: 0, value: { value: 2 } }] },
  ]);
});

test('a mutation that is answered from memory after the client is past its version ends its promise too', async () => {
  const bench = await ProjectBench.deployed();
  const client = come(bench);
  client.mutate(0, 'cells:add', { cell: 'a', by: 1 });
  await bench.quiet();
  bench.hangUp(client.socket);
  await bench.mutate('cells:set', { cell: 'b', value: 1 });

  const again = come(bench);
  again.modify([]);
  await bench.quiet();
  again.heard();
  again.mutate(0, 'cells:add', { cell: 'a', by: 1 });
  await bench.quiet();

  expect(kinds(again.heard())).toEqual(['MutationResponse', 'Transition']);
});

test('sessions of other clients are other sessions, BetterBase’s own included', async () => {
  const bench = await ProjectBench.deployed();
  const client = come(bench);
  client.mutate(1, 'cells:add', { cell: 'a', by: 1 });
  await bench.quiet();

  const other = come(bench, 2);
  other.mutate(1, 'cells:add', { cell: 'a', by: 1 });
  await bench.quiet();
  const own = bench.connect(`convex:${sessionId(1)}`);

  expect(bench.host.disk.cells.get('a')).toBe(2);
  expect(own.heard()).toMatchObject([{ type: 'connected', resumed: false }]);
  expect(client.isOver).toBe(false);
});

test('a session goes on in the newest connection, and the one before is closed without a word', async () => {
  const bench = await ProjectBench.deployed();
  const client = come(bench);
  come(bench);

  expect(client.socket.closedWith).toMatchObject({ reason: 'session/replaced' });
  expect(client.heard()).toEqual([]);
});

test('when the engine does not start, the client is told to come back soon', async () => {
  const bench = await ProjectBench.deployed();
  const client = come(bench);
  bench.host.step = () => {
    throw new Error('down');
  };
  client.mutate(0, 'cells:add', { cell: 'a', by: 1 });
  await bench.quiet();

  expect(client.socket.closedWith).toMatchObject({ reason: 'InternalServerError' });
});

test('an action is run elsewhere, and answered when it ends', async () => {
  const bench = await ProjectBench.deployed();
  const client = come(bench);
  client.say({ type: 'Action', requestId: 4, udfPath: 'cells:act', args: [{ n: 1 }] });
  await bench.quiet();
  const [order] = bench.actions;
  const report = { path: 'cells:act', milliseconds: 5, rowsRead: 0, rowsWritten: 0, lines: [] };
  bench.project.actions.finished(order?.ticket ?? '', 'r', {
    outcome: { ok: true, value: '{"$integer":"AQAAAAAAAAA="}' },
    report,
  });

  expect(order?.call).toMatchObject({ path: 'cells:act', args: '{"n":1}', reach: 'public' });
  expect(client.heard()).toEqual([
    { type: 'ActionResponse', requestId: 4, success: true, result: { $integer: 'AQAAAAAAAAA=' }, logLines: [] },
  ]);
});

test('measurements that a client sends are let through', async () => {
  const bench = await ProjectBench.deployed();
  const client = come(bench);
  client.say({ type: 'Event', eventType: 'ClientConnect', event: [] });

  expect(client.isOver).toBe(false);
});
