import { expect, test } from 'vitest';
import { ProjectBench } from '../test/project-bench.ts';

/** A client that watches a cell, fully settled, as it is seconds after its last message. */
async function settledClient(bench: ProjectBench, cell = 'a') {
  const socket = bench.connect();
  bench.watch(socket, 1, 'cells:get', { cell });
  await bench.quiet();
  await bench.timer.pass(2_000);
  socket.heard();
  return socket;
}

test.each(['ends', 'stays'] as const)('after sleep nobody has to subscribe again (the engine %s)', async (engine) => {
  const bench = await ProjectBench.deployed();
  const socket = await settledClient(bench);

  bench.sleep({ engine });
  await bench.mutate('cells:set', { cell: 'a', value: 1 });

  expect(socket.heard()).toEqual([
    { type: 'transition', from: 1, to: 2, changes: [{ id: 1, value: { value: 1 }, hash: expect.any(String) }], finished: [] },
  ]);
});

test('waking sends nothing that the client has', async () => {
  const bench = await ProjectBench.deployed();
  await bench.mutate('cells:set', { cell: 'a', value: 1 });
  const sockets = [await settledClient(bench), await settledClient(bench), await settledClient(bench, 'b')];

  bench.sleep();
  await bench.mutate('cells:set', { cell: 'c', value: 1 });
  await bench.query('cells:get', { cell: 'a' });

  expect(sockets.map((socket) => socket.heard())).toEqual([[], [], []]);
});

test('waking for a message that needs no engine does not start it', async () => {
  const bench = await ProjectBench.deployed();
  const socket = await settledClient(bench);
  const other = await settledClient(bench);
  bench.sleep();

  bench.say(socket, { type: 'acknowledge', version: 1, finished: 0 });
  bench.hangUp(other);
  await bench.quiet();

  expect(bench.host.engine).toBeNull();
});

test('many watchers are restored before the first mutation after sleep, however many they are', async () => {
  const bench = await ProjectBench.deployed();
  const sockets = [];
  for (let n = 0; n < 600; n++) {
    const socket = bench.connect();
    bench.watch(socket, 1, 'cells:get', { cell: `cell ${n}` });
    sockets.push(socket);
  }
  await bench.quiet();
  await bench.timer.pass(2_000);
  for (const socket of sockets) socket.heard();
  bench.sleep();

  await Promise.all([0, 299, 599].map((n) => bench.mutate('cells:set', { cell: `cell ${n}`, value: n })));

  const told = sockets.flatMap((socket, n) => (socket.transitions().length > 0 ? [n] : []));
  expect(told).toEqual([0, 299, 599]);
});

test('a connection with something under way when memory is lost is closed, and its session goes on', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.connect();
  const [hello] = socket.heard();
  const session = hello?.type === 'connected' ? hello.session : '';
  bench.watch(socket, 1, 'cells:get', { cell: 'a' });
  await bench.quiet();

  bench.sleep();

  expect(socket.closedWith).toEqual({ code: 1012, reason: 'restarted' });
  expect(bench.connect(session).heard()).toMatchObject([{ resumed: true }]);
});

test('subscriptions that were short never reach the disk', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.connect();
  for (let id = 1; id <= 50; id++) {
    bench.watch(socket, id, 'cells:get', { cell: 'a' });
    await bench.quiet();
    bench.say(socket, { type: 'watch', add: [], remove: [id] });
  }
  await bench.timer.pass(2_000);

  expect(bench.disk.rows('SELECT count(*) FROM subscriptions')).toEqual([[0]]);
});

test('subscriptions that end are not restored', async () => {
  const bench = await ProjectBench.deployed();
  const socket = await settledClient(bench);
  bench.say(socket, { type: 'watch', add: [], remove: [1] });
  await bench.timer.pass(2_000);

  bench.sleep();
  await bench.mutate('cells:set', { cell: 'a', value: 1 });

  expect(socket.heard()).toEqual([]);
  expect(bench.disk.rows('SELECT count(*) FROM subscriptions')).toEqual([[0]]);
});

test('after a crash the sessions of lost sockets can be resumed, and what they watched is forgotten', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.connect();
  const [hello] = socket.heard();
  const session = hello?.type === 'connected' ? hello.session : '';
  bench.watch(socket, 1, 'cells:get', { cell: 'a' });
  await bench.quiet();
  await bench.timer.pass(2_000);

  bench.crash();

  expect(bench.disk.rows('SELECT count(*) FROM subscriptions')).toEqual([[0]]);
  expect(bench.connect(session).heard()).toMatchObject([{ resumed: true, session }]);
});

test('an action that ends after sleep is answered', async () => {
  const bench = await ProjectBench.deployed();
  const socket = await settledClient(bench);
  bench.say(socket, { type: 'action', id: 1, path: 'cells:act', args: {} });
  await bench.quiet();
  bench.sleep();

  const report = { path: 'cells:act', milliseconds: 5, rowsRead: 0, rowsWritten: 0, lines: [] };
  bench.project.actions.finished(bench.actions[0]?.ticket ?? '', 'r', { outcome: { ok: true, value: '1' }, report });

  expect(socket.heard()).toEqual([{ type: 'action-finished', id: 1, value: 1 }]);
});

test('a deployment that comes while asleep tells watchers what the new code says', async () => {
  const bench = await ProjectBench.deployed();
  const socket = await settledClient(bench);
  bench.sleep();

  await bench.project.code.deploy({ app: 'cells, again' });
  await bench.quiet();

  expect(socket.transitions().map(({ changes }) => changes)).toEqual([[{ id: 1, value: { value: null }, hash: expect.any(String) }]]);
});

test('the alarm forgets sessions that have expired, and stops when none is left', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.connect();
  await bench.quiet();
  expect(bench.alarms.at).toBe(bench.timer.now() + 24 * 60 * 60 * 1000);
  bench.hangUp(socket);
  await bench.timer.pass(25 * 60 * 60 * 1000);
  bench.alarms.at = null;

  await bench.project.alarm.ring();
  await bench.quiet();

  expect(bench.disk.rows('SELECT count(*) FROM sessions')).toEqual([[0]]);
  expect(bench.alarms.at).toBeNull();
  expect(bench.host.engine?.turns.flatMap(({ operations }) => operations)).toContainEqual({
    do: 'sweep-outcomes',
    before: bench.timer.now() - 24 * 60 * 60 * 1000,
  });
});

test('outcomes of a session that lives are never swept, however old they are', async () => {
  const bench = await ProjectBench.deployed();
  const createdAt = bench.timer.now();
  bench.connect();
  await bench.timer.pass(72 * 60 * 60 * 1000);

  await bench.project.alarm.ring();
  await bench.quiet();

  expect(bench.host.engine?.turns.flatMap(({ operations }) => operations)).toContainEqual({
    do: 'sweep-outcomes',
    before: createdAt - 60 * 60 * 1000,
  });
  expect(bench.alarms.at).not.toBeNull();
});

test.each(Array.from({ length: 9 }, (_, step) => step + 1))(
  'a call lost at step %i after waking hides no change from a client',
  async (step) => {
    const bench = await ProjectBench.deployed();
    const socket = await settledClient(bench);
    bench.sleep();
    let steps = 0;
    bench.host.step = () => {
      steps += 1;
      if (steps === step) throw new Error('lost');
    };

    await bench.mutate('cells:set', { cell: 'a', value: step });
    await bench.quiet();

    expect(socket.transitions().at(-1)?.changes ?? (socket.closedWith === null ? 'nothing told' : 'closed')).toMatchObject([
      { id: 1, value: { value: step } },
    ]);
  },
);

test('whoever asks for a restored query is answered, though no other turn comes', async () => {
  const bench = await ProjectBench.deployed();
  await settledClient(bench);
  bench.sleep();
  const newcomer = bench.connect();
  bench.watch(newcomer, 1, 'cells:get', { cell: 'a' });

  expect(await bench.query('cells:get', { cell: 'a' })).toEqual({ ok: true, value: '{"value":null}' });
  expect(newcomer.transitions().length).toBe(1);
});

test('what was under way when sleep came a second time is asked for again, before anything later', async () => {
  const bench = await ProjectBench.deployed();
  const socket = await settledClient(bench);
  bench.sleep();
  bench.host.step = (name) => (name === 'turn' ? new Promise(() => {}) : undefined);
  bench.say(socket, { type: 'mutation', id: 1, path: 'cells:set', args: { cell: 'a', value: 1 } });
  await bench.quiet();

  bench.sleep();

  expect(socket.closedWith).toMatchObject({ code: 1012 });
});

/** A bench on which two clients watch one cell each, asleep in peace. */
async function asleep(): Promise<ProjectBench> {
  const bench = await ProjectBench.deployed();
  await settledClient(bench);
  await settledClient(bench, 'b');
  await bench.timer.pass(5_000);
  expect(bench.disk.rows('SELECT calm FROM rest')).toEqual([[1]]);
  bench.sleep();
  return bench;
}

test('after sleep a commit runs what it touches, and brings nothing else into memory', async () => {
  const bench = await asleep();

  await bench.mutate('cells:set', { cell: 'nobody watches this', value: 1 });
  expect(bench.host.engine?.runs).toEqual([]);
  await bench.mutate('cells:set', { cell: 'b', value: 1 });

  expect(bench.host.engine?.runs).toEqual(['cells:get']);
});

test('who was disturbed does not trust what is on the disk: everything that is watched runs again', async () => {
  const bench = await asleep();
  bench.disk.rows('UPDATE rest SET calm = 0');
  bench.sleep();

  await bench.mutate('cells:set', { cell: 'nobody watches this', value: 1 });

  expect(bench.host.engine?.runs).toEqual(['cells:get', 'cells:get']);
});

test('peace is over on disk before a client hears of a change', async () => {
  const bench = await ProjectBench.deployed();
  const socket = await settledClient(bench);
  await bench.timer.pass(5_000);

  await bench.mutate('cells:set', { cell: 'a', value: 1 });

  expect(socket.transitions()).toHaveLength(1);
  expect(bench.disk.rows('SELECT calm FROM rest')).toEqual([[0]]);
});
