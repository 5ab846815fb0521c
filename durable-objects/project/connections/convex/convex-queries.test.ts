import { maxFrameBytes } from '@betterbase/protocol';
import { expect, test } from 'vitest';
import { ConvexConnection, sessionId, timeOf } from '../../test/convex-client.ts';
import { ProjectBench } from '../../test/project-bench.ts';

async function connected() {
  const bench = await ProjectBench.deployed();
  const client = new ConvexConnection(bench);
  client.connect(sessionId(1));
  return { bench, client };
}

const updated = (queryId: number, value: unknown, journal: string | null = null) => ({
  type: 'QueryUpdated',
  queryId,
  value: { value },
  logLines: [],
  journal,
});

test('a client that watches nothing is told that it watches nothing', async () => {
  const { bench, client } = await connected();
  client.modify([]);
  await bench.quiet();

  expect(client.transitions()).toMatchObject([{ endVersion: { querySet: 1, identity: 0 }, modifications: [] }]);
});

test('queries that are asked for together are told together, as of one version', async () => {
  const { bench, client } = await connected();
  await bench.mutate('cells:set', { cell: 'a', value: 1 });
  client.modify([0, 1, 2].map((queryId) => ({ type: 'Add', queryId, udfPath: 'cells:get', args: [{ cell: 'abc'[queryId] }] })));
  await bench.quiet();

  const [first, ...more] = client.transitions();
  expect(first?.modifications).toEqual(expect.arrayContaining([updated(0, 1), updated(1, null), updated(2, null)]));
  expect(first?.endVersion).toMatchObject({ querySet: 1 });
  expect(more).toEqual([]);
});

test('a commit that changes answers moves them all at once; what is the same is not said', async () => {
  const { bench, client } = await connected();
  client.watch(0, 'cells:get', { cell: 'a' });
  client.watch(1, 'cells:get', { cell: 'b' });
  await bench.quiet();
  client.heard();

  await bench.mutate('cells:set', { cell: 'a', value: 1 });
  await bench.mutate('cells:set', { cell: 'c', value: 1 });

  const told = client.transitions();
  expect(told.map(({ modifications }) => modifications)).toEqual([[updated(0, 1)]]);
  expect(timeOf(told[0]?.endVersion ?? { ts: '' })).toBe(bench.host.disk.version - 1);
});

test('while a new query has no answer, the others stay as they are', async () => {
  const { bench, client } = await connected();
  client.watch(0, 'cells:get', { cell: 'a' });
  await bench.quiet();
  client.heard();
  if (bench.host.engine !== null) bench.host.engine.mostOperations = 1;

  const writing = bench.mutate('cells:set', { cell: 'a', value: 1 });
  client.watch(1, 'cells:get', { cell: 'a' });
  client.watch(2, 'cells:get', { cell: 'b' });
  await writing;
  await bench.quiet();

  const told = client.transitions();
  expect(told.at(-1)?.endVersion.querySet).toBe(3);
  expect([...client.shown.values()]).toEqual([updated(0, 1), updated(1, 1), updated(2, null)]);
});

test('what is not watched any more is removed', async () => {
  const { bench, client } = await connected();
  client.watch(0, 'cells:get', { cell: 'a' });
  await bench.quiet();
  client.heard();

  client.unwatch(0);
  await bench.mutate('cells:set', { cell: 'a', value: 1 });

  expect(client.transitions().map(({ modifications }) => modifications)).toEqual([[{ type: 'QueryRemoved', queryId: 0 }]]);
});

test('a query that fails has its message, and one that cannot be has one too', async () => {
  const { bench, client } = await connected();
  client.modify([
    { type: 'Add', queryId: 0, udfPath: 'cells:fail', args: [{ cell: 'a' }] },
    { type: 'Add', queryId: 1, udfPath: 'no path', args: [{}] },
    { type: 'Add', queryId: 2, udfPath: 'cells:get', args: [{ cell: 'a' }], componentPath: 'component' },
  ]);
  await bench.quiet();

  expect(client.transitions().flatMap(({ modifications }) => modifications)).toEqual([
    { type: 'QueryFailed', queryId: 1, errorMessage: expect.stringContaining('no path'), logLines: [], journal: null },
    { type: 'QueryFailed', queryId: 2, errorMessage: expect.stringContaining('component'), logLines: [], journal: null },
    { type: 'QueryFailed', queryId: 0, errorMessage: expect.stringMatching(/Server Error\nno a/), logLines: [], journal: null },
  ]);
});

test('pages keep their ends when the client comes back with its journal', async () => {
  const { bench, client } = await connected();
  await bench.mutate('cells:set', { cell: 'a', value: 'one' });
  client.watch(0, 'cells:page', { cell: 'a' });
  await bench.quiet();
  const [told] = client.transitions();
  const journal = told?.modifications[0]?.type === 'QueryUpdated' ? told.modifications[0].journal : null;
  bench.hangUp(client.socket);
  await bench.mutate('cells:set', { cell: 'a', value: 'two' });

  const again = new ConvexConnection(bench);
  again.connect(sessionId(1));
  again.watch(0, 'cells:page', { cell: 'a' }, journal);
  await bench.quiet();

  expect(journal).toBe('ends at one');
  expect(again.transitions()[0]?.modifications).toMatchObject([
    { value: { value: 'two', journal: 'ends at one' }, journal: 'ends at one' },
  ]);
});

test('a long transition comes in parts that hold whole characters', async () => {
  const { bench, client } = await connected();
  const text = `x${'😀'.repeat(2_500_000)}`;
  await bench.mutate('cells:set', { cell: 'a', value: text });
  client.watch(0, 'cells:get', { cell: 'a' });
  await bench.quiet();

  expect(client.socket.frames.length).toBe(2);
  expect(client.socket.frames.every((frame) => frame.isWellFormed())).toBe(true);
  expect(client.transitions()[0]?.modifications).toEqual([updated(0, text)]);
});

test.each([
  [
    'a query set that starts elsewhere',
    { type: 'ModifyQuerySet', baseVersion: 3, newVersion: 4, modifications: [] },
    'BaseVersionMismatch',
  ],
  ['an identity that starts elsewhere', { type: 'Authenticate', baseVersion: 3, tokenType: 'None' }, 'BaseVersionMismatch'],
  [
    'a query that is not there',
    { type: 'ModifyQuerySet', baseVersion: 0, newVersion: 1, modifications: [{ type: 'Remove', queryId: 7 }] },
    'protocol/unknown-id',
  ],
  [
    'a query twice',
    {
      type: 'ModifyQuerySet',
      baseVersion: 0,
      newVersion: 1,
      modifications: [0, 0].map((queryId) => ({ type: 'Add', queryId, udfPath: 'cells:get', args: [{}] })),
    },
    'protocol/duplicate-id',
  ],
])('%s: the connection ends, and the client connects again', async (_name, message, reason) => {
  const { client } = await connected();
  client.say(message);

  expect(client.socket.closedWith).toMatchObject({ reason });
  expect(client.heard()).toEqual([]);
});

test.each([
  ['no JSON', '{'],
  ['a type that nobody knows', '{"type":"Dance"}'],
  ['arguments that are no list', '{"type":"Mutation","requestId":0,"udfPath":"cells:get","args":{}}'],
  ['a binary frame', new ArrayBuffer(3)],
  ['a frame too large', `"${'x'.repeat(maxFrameBytes)}"`],
])('%s: the client is told that it need not come back', async (_name, frame) => {
  const { bench, client } = await connected();
  bench.say(client.socket, frame);

  expect(client.heard()).toEqual([{ type: 'FatalError', error: expect.any(String) }]);
  expect(client.socket.closedWith).not.toBeNull();
});

test('the first message must be `Connect`, with a session that is a UUID', async () => {
  const bench = await ProjectBench.deployed();
  const early = new ConvexConnection(bench);
  early.modify([]);
  const nameless = new ConvexConnection(bench);
  nameless.connect('name1');

  expect(early.socket.closedWith).toMatchObject({ reason: 'protocol/not-connected' });
  expect(nameless.socket.closedWith).toMatchObject({ reason: 'protocol/bad-message' });
});

test('a client that has seen more than there is does not see time go back: it is sent away', async () => {
  const { bench, client } = await connected();
  client.modify([]);
  await bench.quiet();
  bench.hangUp(client.socket);

  const fromTheFuture = new ConvexConnection(bench);
  fromTheFuture.connect(sessionId(1), bench.host.disk.version + 1);
  fromTheFuture.watch(0, 'cells:get', { cell: 'a' });
  await bench.quiet();
  const fromHere = new ConvexConnection(bench);
  fromHere.connect(sessionId(2), bench.host.disk.version);
  fromHere.watch(0, 'cells:get', { cell: 'a' });
  await bench.quiet();

  expect(fromTheFuture.socket.closedWith).toMatchObject({ reason: 'session/ahead' });
  expect(fromTheFuture.transitions()).toEqual([]);
  expect(fromHere.transitions().length).toBe(1);
});

test('a project that is not there closes with the code that Convex has for it', async () => {
  const bench = new ProjectBench();
  const { socket } = new ConvexConnection(bench);
  bench.project.connections.refuse(
    socket,
    { name: 'convex', takesChunks: true },
    { code: 'project/not-found', message: 'There is no project `bench`.' },
  );

  expect(socket.closedWith).toEqual({ code: 4040, reason: 'project/not-found' });
  expect(socket.frames).toEqual([]);
});
