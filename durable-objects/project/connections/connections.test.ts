import { maxFrameBytes, maxUnacknowledged } from '@betterbase/protocol';
import { expect, test } from 'vitest';
import { ProjectBench } from '../test/project-bench.ts';

test('the server’s first message names a new session', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.connect();

  expect(socket.heard()).toEqual([{ type: 'connected', session: expect.stringMatching(/.+/), resumed: false, protocol: 1 }]);
});

test('a watched query is answered, and again when a commit changes its answer', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.connect();
  bench.watch(socket, 1, 'cells:get', { cell: 'a' });
  await bench.quiet();
  await bench.mutate('cells:set', { cell: 'a', value: 1 });

  expect(socket.transitions()).toEqual([
    { type: 'transition', from: 0, to: 1, changes: [{ id: 1, value: { value: null }, hash: expect.any(String) }], finished: [] },
    { type: 'transition', from: 1, to: 2, changes: [{ id: 1, value: { value: 1 }, hash: expect.any(String) }], finished: [] },
  ]);
});

test('a commit that does not change the answer sends nothing', async () => {
  const bench = await ProjectBench.deployed();
  await bench.mutate('cells:set', { cell: 'a', value: 1 });
  const socket = bench.connect();
  bench.watch(socket, 1, 'cells:get', { cell: 'a' });
  await bench.quiet();
  socket.heard();

  await bench.mutate('cells:set', { cell: 'a', value: 1 });
  await bench.mutate('cells:set', { cell: 'b', value: 2 });

  expect(socket.heard()).toEqual([]);
});

test('all queries of a client move together, with the mutations that moved them', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.connect();
  bench.say(socket, {
    type: 'watch',
    add: [1, 2, 3].map((id) => ({ id, path: 'cells:get', args: { cell: id === 3 ? 'b' : 'a' } })),
    remove: [],
  });
  await bench.quiet();
  socket.heard();

  bench.say(socket, { type: 'mutation', id: 1, path: 'cells:set', args: { cell: 'a', value: 7 } });
  await bench.quiet();

  const [only, ...rest] = socket.transitions();
  expect(rest).toEqual([]);
  expect(only?.changes.map(({ id }) => id)).toEqual([1, 2]);
  expect(only?.finished).toEqual([{ id: 1, value: 7 }]);
});

test('an answer that is known already goes out at once, without the engine', async () => {
  const bench = await ProjectBench.deployed();
  const first = bench.connect();
  bench.watch(first, 1, 'cells:get', { cell: 'a' });
  await bench.quiet();
  const turns = bench.host.engine?.turns.length;

  const second = bench.connect();
  bench.watch(second, 5, 'cells:get', { cell: 'a' });

  expect(second.transitions().map(({ changes }) => changes)).toEqual([[{ id: 5, value: { value: null }, hash: expect.any(String) }]]);
  expect(bench.host.engine?.turns.length).toBe(turns);
});

test('an answer whose hash the client gives is not sent again', async () => {
  const bench = await ProjectBench.deployed();
  const first = bench.connect();
  bench.watch(first, 1, 'cells:get', { cell: 'a' });
  await bench.quiet();
  const change = first.transitions()[0]?.changes[0];
  const hash = change !== undefined && 'hash' in change ? change.hash : '';

  const second = bench.connect();
  bench.watch(second, 9, 'cells:get', { cell: 'a' }, hash);

  expect(second.transitions()[0]?.changes).toEqual([{ id: 9, same: true }]);
});

test('a removed subscription hears nothing more', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.connect();
  bench.watch(socket, 1, 'cells:get', { cell: 'a' });
  await bench.quiet();
  socket.heard();
  bench.say(socket, { type: 'watch', add: [], remove: [1] });

  await bench.mutate('cells:set', { cell: 'a', value: 1 });

  expect(socket.heard()).toEqual([]);
});

test('mutations of a session run in the order of their ids, each once, also when the connection is lost between', async () => {
  const bench = await ProjectBench.deployed();
  const first = bench.connect();
  const [hello] = first.heard();
  const session = hello?.type === 'connected' ? hello.session : '';
  const send = (socket: typeof first, id: number): void =>
    bench.say(socket, { type: 'mutation', id, path: 'cells:add', args: { cell: 'sum', by: id } });
  for (let id = 1; id <= 20; id++) send(first, id);
  bench.hangUp(first);

  const second = bench.connect(session);
  for (let id = 1; id <= 25; id++) send(second, id);
  await bench.quiet();

  expect(second.heard()[0]).toMatchObject({ type: 'connected', resumed: true, session });
  expect(bench.host.disk.cells.get('sum')).toBe((25 * 26) / 2);
  const finished = second.frames.flatMap((frame) => (JSON.parse(frame) as { finished?: { id: number; value: number }[] }).finished ?? []);
  expect(finished.map(({ id }) => id)).toEqual(Array.from({ length: 25 }, (_, n) => n + 1));
  expect(finished.map(({ value }) => value)).toEqual(Array.from({ length: 25 }, (_, n) => ((n + 1) * (n + 2)) / 2));
});

test('a second connection of a session replaces the first', async () => {
  const bench = await ProjectBench.deployed();
  const first = bench.connect();
  const [hello] = first.heard();
  const session = hello?.type === 'connected' ? hello.session : '';

  const second = bench.connect(session);

  expect(first.heard()).toMatchObject([{ type: 'fatal', error: { code: 'session/replaced' } }]);
  expect(first.closedWith).toEqual({ code: 4409, reason: 'session/replaced' });
  expect(second.heard()).toMatchObject([{ type: 'connected', resumed: true, session }]);
});

test('a session outlives its last connection by a day, and not by more', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.connect();
  const [hello] = socket.heard();
  const session = hello?.type === 'connected' ? hello.session : '';
  bench.hangUp(socket);

  await bench.timer.pass(23 * 60 * 60 * 1000);
  const early = bench.connect(session);
  bench.hangUp(early);
  await bench.timer.pass(25 * 60 * 60 * 1000);
  const late = bench.connect(session);

  expect(early.heard()).toMatchObject([{ resumed: true, session }]);
  expect(late.heard()).toEqual([{ type: 'connected', resumed: false, protocol: 1, session: expect.not.stringMatching(session) }]);
});

test('an action is started elsewhere and answered when it ends', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.connect();
  bench.say(socket, { type: 'action', id: 1, path: 'cells:act', args: { x: 1 } });
  await bench.quiet();
  const [order] = bench.actions;
  expect(order).toMatchObject({ project: 'bench', call: { path: 'cells:act', args: '{"x":1}', reach: 'public' } });

  const report = { path: 'cells:act', milliseconds: 5, rowsRead: 0, rowsWritten: 0, lines: [] };
  bench.project.actions.finished(order?.ticket ?? '', 'r', { outcome: { ok: true, value: '"done"' }, report });

  expect(socket.heard().at(-1)).toEqual({ type: 'action-finished', id: 1, value: 'done' });
});

test('a client that acknowledges nothing gets so many transitions, then the newest state in one', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.connect();
  bench.watch(socket, 1, 'cells:get', { cell: 'a' });
  await bench.quiet();
  for (let value = 1; value <= 100; value++) await bench.mutate('cells:set', { cell: 'a', value });
  const before = socket.transitions();
  expect(before.length).toBe(maxUnacknowledged);

  bench.say(socket, { type: 'acknowledge', version: maxUnacknowledged, finished: 0 });

  expect(socket.transitions().map(({ changes }) => changes)).toEqual([[{ id: 1, value: { value: 100 }, hash: expect.any(String) }]]);
});

test('a client that never acknowledges is let go, and its session can be resumed', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.connect();
  const [hello] = socket.heard();
  const session = hello?.type === 'connected' ? hello.session : '';
  bench.watch(socket, 1, 'cells:get', { cell: 'a' });
  await bench.quiet();
  for (let value = 1; value <= 70; value++) await bench.mutate('cells:set', { cell: 'a', value });
  await bench.timer.pass(31_000);
  await bench.mutate('cells:set', { cell: 'a', value: 71 });

  expect(socket.closedWith).toEqual({ code: 4429, reason: 'session/too-slow' });
  expect(bench.connect(session).heard()).toMatchObject([{ resumed: true }]);
});

test('when the engine does not come up, connections end so that clients come back, and no outcome is made up', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.connect();
  socket.heard();
  bench.host.step = () => {
    throw new Error('down');
  };
  bench.say(socket, { type: 'mutation', id: 1, path: 'cells:add', args: { cell: 'a', by: 1 } });
  await bench.quiet();

  expect(socket.heard()).toMatchObject([{ type: 'fatal', error: { code: 'engine/unavailable' } }]);
  expect(socket.closedWith?.code).toBe(4503);
});

test.each([
  ['a binary frame', new ArrayBuffer(4), 'protocol/binary-frame', 4400],
  ['a frame that is too large', `"${'x'.repeat(maxFrameBytes)}"`, 'protocol/frame-too-large', 4413],
  ['a frame that is too large in bytes', `"${'€'.repeat(maxFrameBytes / 2)}"`, 'protocol/frame-too-large', 4413],
  ['text that is no JSON', '{"type":', 'protocol/bad-message', 4400],
  ['JSON that is no object', '[1]', 'protocol/bad-message', 4400],
  ['an unknown type', '{"type":"dance"}', 'protocol/bad-message', 4400],
  ['an id that is none', '{"type":"mutation","id":"1","path":"a:b","args":{}}', 'protocol/bad-message', 4400],
  ['arguments that are none', '{"type":"mutation","id":1,"path":"a:b","args":[1]}', 'protocol/bad-message', 4400],
  ['a second connect', '{"type":"connect","protocol":1,"session":null,"version":0,"client":"x"}', 'protocol/bad-message', 4400],
  ['removing what is not watched', '{"type":"watch","add":[],"remove":[7]}', 'protocol/unknown-id', 4400],
  [
    'watching one id twice',
    '{"type":"watch","add":[{"id":1,"path":"cells:get","args":{}},{"id":1,"path":"cells:get","args":{}}],"remove":[]}',
    'protocol/duplicate-id',
    4400,
  ],
  ['acknowledging what was never sent', '{"type":"acknowledge","version":99,"finished":0}', 'protocol/bad-message', 4400],
])('%s ends the connection with its code, and nothing else', async (_name, frame, code, closeCode) => {
  const bench = await ProjectBench.deployed();
  const other = bench.connect();
  other.heard();
  const socket = bench.connect();
  socket.heard();

  bench.say(socket, frame);

  expect(socket.heard()).toMatchObject([{ type: 'fatal', error: { code, message: expect.stringMatching(/.+/) } }]);
  expect(socket.closedWith).toEqual({ code: closeCode, reason: code });
  expect(other.closedWith).toBeNull();
  expect(bench.host.disk.cells.size).toBe(0);
});

test('whoever says anything before connect is told to connect', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.socket();
  bench.say(socket, { type: 'mutation', id: 1, path: 'cells:set', args: { cell: 'a', value: 1 } });

  expect(socket.heard()).toMatchObject([{ type: 'fatal', error: { code: 'protocol/not-connected' } }]);
  expect(bench.host.disk.cells.size).toBe(0);
});

test('a client newer than the server is told so', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.socket();
  bench.say(socket, { type: 'connect', protocol: 2, session: null, version: 0, client: 'newer' });

  expect(socket.heard()).toMatchObject([{ type: 'fatal', error: { code: 'protocol/version-unsupported', hint: expect.any(String) } }]);
  expect(socket.closedWith?.code).toBe(4426);
});

test('a mutation id that is used twice on one connection ends it, and runs once', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.connect();
  bench.say(socket, { type: 'mutation', id: 1, path: 'cells:add', args: { cell: 'a', by: 1 } });
  bench.say(socket, { type: 'mutation', id: 1, path: 'cells:add', args: { cell: 'a', by: 1 } });
  await bench.quiet();

  expect(socket.closedWith?.reason).toBe('protocol/duplicate-id');
  expect(bench.host.disk.cells.get('a')).toBe(1);
});

test('a path that cannot be one is an answer, not the end', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.connect();
  socket.heard();
  bench.watch(socket, 1, '../x', { cell: 'a' });
  bench.say(socket, { type: 'mutation', id: 1, path: '../x', args: {} });
  bench.say(socket, { type: 'action', id: 1, path: '../x', args: {} });

  const code = 'function/bad-path';
  expect(socket.heard()).toMatchObject([
    { type: 'transition', changes: [{ id: 1, error: { code } }] },
    { type: 'transition', finished: [{ id: 1, error: { code } }] },
    { type: 'action-finished', id: 1, error: { code } },
  ]);
  bench.say(socket, { type: 'watch', add: [], remove: [1] });
  expect(socket.closedWith).toBeNull();
});

test('the engine forgets outcomes that the client holds, with the next turn', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.connect();
  for (let id = 1; id <= 40; id++) bench.say(socket, { type: 'mutation', id, path: 'cells:add', args: { cell: 'a', by: 1 } });
  await bench.quiet();
  const version = socket.transitions().at(-1)?.to ?? 0;
  expect(bench.host.disk.outcomes.length).toBe(40);
  const turns = bench.host.engine?.turns.length;

  bench.say(socket, { type: 'acknowledge', version, finished: 38 });
  expect(bench.host.engine?.turns.length).toBe(turns);
  bench.say(socket, { type: 'mutation', id: 41, path: 'cells:add', args: { cell: 'a', by: 1 } });
  await bench.quiet();

  expect(bench.host.disk.outcomes.map(({ request }) => request.id)).toEqual(['39', '40', '41']);
});
