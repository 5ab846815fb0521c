import { expect, test } from 'vitest';
import type { FakeSocket } from '../test/fake-socket.ts';
import { cellsManifest, ProjectBench } from '../test/project-bench.ts';

/** A project whose tokens are `<user> <seconds until it expires>`; any other is refused. */
async function identityBench(): Promise<ProjectBench> {
  const bench = new ProjectBench();
  bench.describe = () => ({ ...cellsManifest, auth: [{ domain: 'https://issuer.example.com', applicationID: 'app' }] });
  bench.checkToken = async (token) => {
    const [subject = '', seconds] = token.split(' ');
    if (seconds === undefined) return { ok: false, error: { code: 'auth/bad-token', message: 'No.' } };
    return {
      ok: true,
      identity: { tokenIdentifier: `i|${subject}`, subject, issuer: 'i' },
      expiresAt: bench.timer.now() + Number(seconds) * 1_000,
    };
  };
  const deployed = await bench.project.code.deploy({ app: 'cells' });
  if (!deployed.ok) throw new Error(deployed.error.message);
  return bench;
}

function show(bench: ProjectBench, socket: FakeSocket, id: number, token: string | null): void {
  bench.say(socket, { type: 'authenticate', id, token });
}

/** A settled client that watches who it is, and a cell. */
async function signedIn(bench: ProjectBench, token: string): Promise<FakeSocket> {
  const socket = bench.connect();
  show(bench, socket, 1, token);
  bench.watch(socket, 1, 'cells:who', { cell: 'a' });
  bench.watch(socket, 2, 'cells:get', { cell: 'a' });
  await bench.quiet();
  await bench.timer.pass(2_000);
  socket.heard();
  return socket;
}

test('what a client says after its token is done as that user, and no answer for strangers is given', async () => {
  const bench = await identityBench();
  const socket = bench.connect();
  show(bench, socket, 1, 'ada 60');
  bench.watch(socket, 1, 'cells:who', { cell: 'a' });
  await bench.quiet();

  const transitions = socket.transitions();
  expect(transitions.flatMap(({ changes }) => changes)).toMatchObject([{ id: 1, value: { who: 'ada' } }]);
  expect(transitions.find(({ changes }) => changes.length > 0)?.identity ?? transitions[0]?.identity).toBe(1);
});

test('a client that watches nothing is told that it is believed', async () => {
  const bench = await identityBench();
  const socket = bench.connect();
  socket.heard();
  show(bench, socket, 1, 'ada 60');
  await bench.quiet();
  expect(socket.heard()).toEqual([{ type: 'transition', from: 0, to: 1, changes: [], finished: [], identity: 1 }]);
});

test('a new token of the same user changes nothing, and no query runs', async () => {
  const bench = await identityBench();
  const socket = await signedIn(bench, 'ada 60');
  const turns = bench.host.engine?.turns.length;
  show(bench, socket, 2, 'ada 120');
  await bench.quiet();
  expect(socket.heard()).toEqual([
    { type: 'transition', from: expect.any(Number), to: expect.any(Number), changes: [], finished: [], identity: 2 },
  ]);
  const queries = bench.host.engine?.turns.slice(turns).flatMap(({ operations }) => operations.filter((each) => each.do === 'query'));
  expect(queries).toEqual([]);

  await bench.timer.pass(61_000);
  await bench.mutate('cells:set', { cell: 'a', value: 1 });
  expect(socket.transitions().length).toBeGreaterThan(0);
});

test('another user gets new answers to what asked who it is, in one step; the others keep theirs', async () => {
  const bench = await identityBench();
  const socket = await signedIn(bench, 'ada 60');
  show(bench, socket, 2, 'bob 60');
  await bench.quiet();
  expect(socket.transitions()).toMatchObject([{ identity: 2, changes: [{ id: 1, value: { who: 'bob' } }] }]);

  show(bench, socket, 3, null);
  await bench.quiet();
  expect(socket.transitions()).toMatchObject([{ identity: 3, changes: [{ id: 1, value: { who: null } }] }]);
});

test('mutations keep the user they were sent by', async () => {
  const bench = await identityBench();
  const socket = bench.connect();
  show(bench, socket, 1, 'ada 60');
  bench.say(socket, { type: 'mutation', id: 1, path: 'cells:set', args: { cell: 'a', value: 1 } });
  show(bench, socket, 2, 'bob 60');
  bench.say(socket, { type: 'mutation', id: 2, path: 'cells:set', args: { cell: 'a', value: 2 } });
  await bench.quiet();
  const mutations = bench.host.engine?.turns.flatMap(({ operations }) =>
    operations.flatMap((each) => (each.do === 'mutation' ? [each.call.identity?.subject] : [])),
  );
  expect(mutations).toEqual(['ada', 'bob']);
});

test('a refused token ends the connection, and nothing that was said after it is done', async () => {
  const bench = await identityBench();
  const socket = bench.connect();
  show(bench, socket, 1, 'forged');
  bench.say(socket, { type: 'mutation', id: 1, path: 'cells:set', args: { cell: 'a', value: 1 } });
  bench.watch(socket, 1, 'cells:who', { cell: 'a' });
  await bench.quiet();
  expect(socket.heard().at(-1)).toEqual({ type: 'fatal', error: { code: 'auth/bad-token', message: 'No.' }, retry: 'never' });
  expect(socket.closedWith).toEqual({ code: 4401, reason: 'auth/bad-token' });
  expect(bench.host.engine?.turns ?? []).toEqual([]);
});

test('an issuer that cannot be reached ends the connection until later', async () => {
  const bench = await identityBench();
  bench.checkToken = async () => ({ ok: false, error: { code: 'auth/issuer-unreachable', message: 'Down.' } });
  const socket = bench.connect();
  show(bench, socket, 1, 'ada 60');
  await bench.quiet();
  expect(socket.heard().at(-1)).toMatchObject({ type: 'fatal', error: { code: 'auth/issuer-unreachable' }, retry: 'later' });
});

test('nothing is told after the token has expired', async () => {
  const bench = await identityBench();
  const socket = await signedIn(bench, 'ada 60');
  await bench.timer.pass(58_000);
  await bench.mutate('cells:set', { cell: 'a', value: 1 });
  expect(socket.heard()).toMatchObject([{ type: 'fatal', error: { code: 'auth/token-expired' }, retry: 'never' }]);
});

test('nothing is done after the token has expired, but a new one is in time', async () => {
  const bench = await identityBench();
  const [late, inTime] = [await signedIn(bench, 'ada 60'), await signedIn(bench, 'ada 60')];
  await bench.timer.pass(60_000);
  show(bench, inTime, 2, 'ada 120');
  bench.say(late, { type: 'mutation', id: 1, path: 'cells:set', args: { cell: 'a', value: 1 } });
  await bench.quiet();
  expect(late.heard()).toMatchObject([{ type: 'fatal', error: { code: 'auth/token-expired' } }]);
  expect(inTime.heard()).toMatchObject([{ type: 'transition', identity: 2 }]);
  expect(await bench.query('cells:get', { cell: 'a' })).toMatchObject({ ok: true, value: JSON.stringify({ value: null }) });
});

test('the result of an action is not told after the token has expired', async () => {
  const bench = await identityBench();
  const socket = await signedIn(bench, 'ada 60');
  bench.say(socket, { type: 'action', id: 1, path: 'cells:act', args: {} });
  await bench.quiet();
  const [order] = bench.actions;
  expect(order?.call.identity).toMatchObject({ subject: 'ada' });
  await bench.timer.pass(60_000);
  const report = { path: 'cells:act', milliseconds: 0, rowsRead: 0, rowsWritten: 0, lines: [] };
  bench.project.actions.finished(order?.ticket ?? '', 'r', { outcome: { ok: true, value: '"secret"' }, report });
  expect(socket.heard()).toMatchObject([{ type: 'fatal', error: { code: 'auth/token-expired' } }]);
});

test('a session that is resumed is nobody’s until its client says who it is', async () => {
  const bench = await identityBench();
  const socket = bench.connect();
  const [hello] = socket.heard();
  const session = hello?.type === 'connected' ? hello.session : '';
  show(bench, socket, 1, 'ada 60');
  await bench.quiet();
  bench.hangUp(socket);

  const thief = bench.connect(session);
  bench.watch(thief, 1, 'cells:who', { cell: 'a' });
  await bench.quiet();
  expect(thief.transitions()).toMatchObject([{ changes: [{ id: 1, value: { who: null } }] }]);
});

test('ids of introductions grow', async () => {
  const bench = await identityBench();
  const socket = bench.connect();
  show(bench, socket, 2, null);
  show(bench, socket, 2, null);
  expect(socket.heard().at(-1)).toMatchObject({ type: 'fatal', error: { code: 'protocol/duplicate-id' } });
});

test('a client may not say more than fits while its token is verified', async () => {
  const bench = await identityBench();
  bench.checkToken = () => new Promise(() => {});
  const socket = bench.connect();
  show(bench, socket, 1, 'ada 60');
  for (let id = 1; id <= 5; id += 1)
    bench.say(socket, { type: 'mutation', id, path: 'cells:set', args: { cell: 'a', value: 'x'.repeat(4_000_000) } });
  expect(socket.heard().at(-1)).toMatchObject({ type: 'fatal', error: { code: 'limit/overloaded' } });
});

test.each(['ends', 'stays'] as const)('through sleep a client stays who it is (the engine %s)', async (engine) => {
  const bench = await identityBench();
  const [ada, bob, nobody] = [await signedIn(bench, 'ada 600'), await signedIn(bench, 'bob 600'), bench.connect()];
  bench.watch(nobody, 1, 'cells:who', { cell: 'a' });
  await bench.quiet();
  await bench.timer.pass(2_000);
  nobody.heard();
  bench.sleep({ engine });
  await bench.mutate('cells:set', { cell: 'a', value: 5 });

  expect([ada, bob, nobody].map((socket) => socket.closedWith)).toEqual([null, null, null]);
  expect(ada.transitions().flatMap(({ changes }) => changes)).toContainEqual(expect.objectContaining({ id: 2, value: { value: 5 } }));
  const users = await Promise.all(
    [ada, bob, nobody].map(async (socket) => {
      bench.watch(socket, 9, 'cells:who', { cell: 'b' });
      await bench.quiet();
      return socket
        .transitions()
        .flatMap(({ changes }) => changes.flatMap((each) => ('value' in each && each.id === 9 ? [each.value] : [])));
    }),
  );
  expect(users).toMatchObject([[{ who: 'ada' }], [{ who: 'bob' }], [{ who: null }]]);
});

test('after sleep, too, nothing is told once the token has expired', async () => {
  const bench = await identityBench();
  const socket = await signedIn(bench, 'ada 60');
  bench.sleep();
  await bench.timer.pass(60_000);
  await bench.mutate('cells:set', { cell: 'a', value: 1 });
  expect(socket.heard()).toMatchObject([{ type: 'fatal', error: { code: 'auth/token-expired' } }]);
});

test('somebody else after sleep gets every answer anew', async () => {
  const bench = await identityBench();
  const socket = await signedIn(bench, 'ada 600');
  bench.sleep();
  show(bench, socket, 2, 'bob 600');
  await bench.quiet();
  const changes = socket.transitions().flatMap(({ changes: each }) => each);
  expect(changes).toContainEqual(expect.objectContaining({ id: 1, value: expect.objectContaining({ who: 'bob' }) }));
  await bench.mutate('cells:set', { cell: 'a', value: 7 });
  expect(socket.transitions().flatMap(({ changes: each }) => each)).toContainEqual(expect.objectContaining({ id: 2, value: { value: 7 } }));
});

test('sleep while a token is verified closes the socket, and its session goes on', async () => {
  const bench = await identityBench();
  const socket = await signedIn(bench, 'ada 600');
  bench.checkToken = () => new Promise(() => {});
  show(bench, socket, 2, 'bob 600');
  bench.sleep();
  expect(socket.closedWith).toEqual({ code: 1012, reason: 'restarted' });
});
