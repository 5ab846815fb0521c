import { expect, test } from 'vitest';
import { ConvexConnection, sessionId } from '../../test/convex-client.ts';
import { cellsManifest, ProjectBench } from '../../test/project-bench.ts';

const hour = 3_600_000;

/** Tokens are `<name>` or `<name> <something>`; `bad …` is none. */
async function signingBench() {
  const bench = new ProjectBench();
  bench.describe = () => ({ ...cellsManifest, auth: [{ domain: 'https://issuer.test', applicationID: 'app' }] });
  let release: () => void = () => {};
  const gate = { isShut: false, open: () => release() };
  bench.checkToken = async (token) => {
    if (gate.isShut) await new Promise<void>((resolve) => (release = resolve));
    const [subject = ''] = token.split(' ');
    if (subject === 'bad') return { ok: false, error: { code: 'auth/bad-token', message: 'The signature does not fit.' } };
    const identity = { subject, issuer: 'https://issuer.test', tokenIdentifier: `https://issuer.test|${subject}`, iat: token };
    return { ok: true, identity, expiresAt: bench.timer.now() + hour };
  };
  const deployed = await bench.project.code.deploy({ app: 'cells' });
  if (!deployed.ok) throw new Error(deployed.error.message);
  return { bench, gate };
}

function come(bench: ProjectBench, token: string | null, session = 1): ConvexConnection {
  const client = new ConvexConnection(bench);
  client.connect(sessionId(session));
  if (token !== null) client.authenticate(token);
  return client;
}

test('what is said after a token is done as the one whose token it is, never as a stranger', async () => {
  const { bench, gate } = await signingBench();
  gate.isShut = true;
  const client = come(bench, 'ann');
  client.watch(0, 'cells:who', { cell: 'a' });
  client.mutate(0, 'cells:set', { cell: 'a', value: 1 });
  await bench.quiet();
  expect(client.heard()).toEqual([]);

  gate.open();
  await bench.quiet();

  const told = client.transitions();
  expect(told[0]?.endVersion).toMatchObject({ querySet: 1, identity: 1 });
  expect(told.flatMap(({ modifications }) => modifications)).toMatchObject([{ value: { who: 'ann', value: 1 } }]);
  expect(bench.host.disk.outcomes.at(-1)?.identity).toBe('https://issuer.test|ann');
});

test('a confirmed token moves the identity in a transition, with the answers that are others for it', async () => {
  const { bench } = await signingBench();
  const client = come(bench, null);
  client.watch(0, 'cells:who', { cell: 'a' });
  client.watch(1, 'cells:get', { cell: 'a' });
  await bench.quiet();
  client.heard();

  client.authenticate('ann');
  await bench.quiet();

  expect(client.transitions()).toMatchObject([{ endVersion: { identity: 1 }, modifications: [{ queryId: 0, value: { who: 'ann' } }] }]);
});

test('each client is told what is its own, however they come and go', async () => {
  const { bench } = await signingBench();
  const [ann, ben, nobody] = [come(bench, 'ann', 1), come(bench, 'ben', 2), come(bench, null, 3)];
  for (const client of [ann, ben, nobody]) client.watch(0, 'cells:who', { cell: 'a' });
  await bench.quiet();
  ann.authenticate('ben');
  ben.authenticate(null);
  await bench.quiet();
  await bench.mutate('cells:set', { cell: 'a', value: 1 });
  for (const client of [ann, ben, nobody]) client.heard();

  expect([ann, ben, nobody].map(({ shown }) => shown.get(0))).toMatchObject([
    { value: { who: 'ben', value: 1 } },
    { value: { who: null, value: 1 } },
    { value: { who: null, value: 1 } },
  ]);
});

test('a fresh token of the same user runs no query again', async () => {
  const { bench } = await signingBench();
  const client = come(bench, 'ann one');
  client.watch(0, 'cells:who', { cell: 'a' });
  await bench.quiet();
  client.heard();
  const turns = bench.host.engine?.turns.length;

  client.authenticate('ann two');
  await bench.quiet();

  expect(client.transitions()).toMatchObject([{ endVersion: { identity: 2 }, modifications: [] }]);
  expect(bench.host.engine?.turns.length).toBe(turns);
});

test('a token that is none is refused, and nothing that was said after it is done', async () => {
  const { bench } = await signingBench();
  const client = come(bench, 'bad');
  client.mutate(0, 'cells:set', { cell: 'a', value: 1 });
  await bench.quiet();

  expect(client.heard()).toEqual([{ type: 'AuthError', error: 'The signature does not fit.', baseVersion: 0, authUpdateAttempted: true }]);
  expect(client.isOver).toBe(true);
  expect(bench.host.disk.outcomes).toEqual([]);
});

test('admin keys are not for sockets', async () => {
  const { bench } = await signingBench();
  const client = come(bench, null);
  client.say({ type: 'Authenticate', baseVersion: 0, tokenType: 'Admin', value: 'key' });

  expect(client.heard()).toMatchObject([{ type: 'AuthError', authUpdateAttempted: true }]);
  expect(client.isOver).toBe(true);
});

test.each(['a commit', 'a mutation of its own'])('nothing is delivered after a token has expired (%s)', async (what) => {
  const { bench } = await signingBench();
  const client = come(bench, 'ann');
  client.watch(0, 'cells:who', { cell: 'a' });
  await bench.quiet();
  client.heard();
  await bench.timer.pass(hour);

  if (what === 'a commit') await bench.mutate('cells:set', { cell: 'a', value: 'late' });
  else client.mutate(0, 'cells:set', { cell: 'a', value: 'late' });
  await bench.quiet();

  expect(client.heard()).toEqual([{ type: 'AuthError', error: expect.any(String), baseVersion: 0, authUpdateAttempted: false }]);
  expect(client.isOver).toBe(true);
  expect(bench.host.disk.cells.get('a')).toBe(what === 'a commit' ? 'late' : undefined);
});

test('what one user has done is not told to another on the same session', async () => {
  const { bench } = await signingBench();
  const client = come(bench, 'ann');
  client.mutate(0, 'cells:set', { cell: 'a', value: 'for ann' });
  await bench.quiet();
  bench.hangUp(client.socket);

  const other = come(bench, 'ben');
  other.mutate(0, 'cells:set', { cell: 'a', value: 'for ann' });
  await bench.quiet();

  expect(bench.host.disk.outcomes.map(({ identity }) => identity)).toEqual(['https://issuer.test|ann']);
});

test('a client that says too much while its token is verified is sent away', async () => {
  const { bench, gate } = await signingBench();
  gate.isShut = true;
  const client = come(bench, 'ann');
  await bench.quiet();
  for (let id = 0; id < 5; id++) client.mutate(id, 'cells:set', { cell: 'x'.repeat(4_000_000) });

  expect(client.socket.closedWith).toMatchObject({ reason: 'TooManyConcurrentRequests' });
});

test('who a client is outlives sleep, and its expiry too', async () => {
  const { bench } = await signingBench();
  const client = come(bench, 'ann');
  client.watch(0, 'cells:who', { cell: 'a' });
  await bench.quiet();
  await bench.timer.pass(2_000);
  client.heard();

  bench.sleep();
  await bench.mutate('cells:set', { cell: 'a', value: 1 });
  expect(client.transitions()).toMatchObject([{ modifications: [{ value: { who: 'ann', value: 1 } }] }]);

  await bench.timer.pass(2_000);
  bench.sleep();
  await bench.timer.pass(hour);
  await bench.mutate('cells:set', { cell: 'a', value: 2 });
  expect(client.heard()).toMatchObject([{ type: 'AuthError' }]);
});

test('who becomes somebody else after sleep, before anything ran, is told their own answers', async () => {
  const { bench } = await signingBench();
  const client = come(bench, 'ann');
  client.watch(0, 'cells:who', { cell: 'a' });
  await bench.quiet();
  await bench.timer.pass(2_000);
  client.heard();

  bench.sleep();
  client.authenticate('ben');
  await bench.quiet();
  await bench.mutate('cells:set', { cell: 'a', value: 1 });

  expect(client.transitions().map(({ modifications }) => modifications)).toMatchObject([
    [{ value: { who: 'ben', value: null } }],
    [{ value: { who: 'ben', value: 1 } }],
  ]);
});

test('a call that takes the engine down for one is refused to another too, and the engine is left in peace', async () => {
  const { bench } = await signingBench();
  const [ann, ben] = [come(bench, 'ann', 1), come(bench, 'ben', 2)];
  for (const client of [ann, ben]) client.watch(0, 'cells:who', { cell: 'a' });
  await bench.quiet();
  let isFor = 'ann';
  bench.host.step = () => {
    const asks = bench.host.engine?.turns.at(-1)?.operations.some((each) => each.do === 'query' && each.call.identity?.subject === isFor);
    if (asks === true) throw new Error('lost');
  };
  bench.host.abort();
  await bench.mutate('cells:set', { cell: 'a', value: 1 });
  await bench.quiet();
  isFor = 'ben';
  bench.host.abort();
  await bench.mutate('cells:set', { cell: 'a', value: 2 });
  await bench.quiet();
  for (const client of [ann, ben]) client.heard();

  expect([ann, ben].map(({ shown }) => shown.get(0)?.type)).toEqual(['QueryFailed', 'QueryFailed']);
  expect(bench.project.connections.count).toBe(2);
});

test('a token is verified by an object that has just woken', async () => {
  const { bench } = await signingBench();
  const client = come(bench, null);
  client.modify([]);
  await bench.quiet();
  await bench.timer.pass(2_000);
  client.heard();

  bench.sleep();
  client.authenticate('ann');
  await bench.quiet();

  expect(client.transitions()).toMatchObject([{ endVersion: { querySet: 1, identity: 1 } }]);
});
