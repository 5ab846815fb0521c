/** Users whose sessions end while they are connected. */
import type { RowCondition, RowOperation } from '@betterbase/providers/rows';
import { expect, test } from 'vitest';
import type { FakeSocket } from '../test/fake-socket.ts';
import { cellsManifest, ProjectBench } from '../test/project-bench.ts';

const moment = '1960-01-01T00:00:00.000Z';
const later = '2099-01-01T00:00:00.000Z';

/** Ada has the sessions 1 and 2, Bob 3. Tokens are `<user> <session>`. */
async function usersBench(): Promise<ProjectBench> {
  const bench = new ProjectBench();
  bench.describe = () => cellsManifest;
  bench.checkToken = async (token) => {
    const [subject = '', sid = ''] = token.split(' ');
    return {
      ok: true,
      identity: { tokenIdentifier: `betterbase:bench|${subject}`, subject, issuer: 'betterbase:bench', sid },
      expiresAt: 1e15,
    };
  };
  const deployed = await bench.project.code.deploy({ app: 'cells' });
  if (!deployed.ok) throw new Error(deployed.error.message);
  const { users } = bench.project;
  const dates = { createdAt: moment, updatedAt: moment };
  users.rows({ do: 'insert', table: 'jwks', row: { id: 'key', publicKey: '{}', privateKey: '', createdAt: moment } });
  for (const id of ['ada', 'bob'])
    users.rows({ do: 'insert', table: 'user', row: { id, name: id, email: id, emailVerified: 1, ...dates } });
  for (const [id, userId] of [
    ['1', 'ada'],
    ['2', 'ada'],
    ['3', 'bob'],
  ] as const)
    users.rows({ do: 'insert', table: 'session', row: { id, userId, token: id, expiresAt: later, ...dates } });
  return bench;
}

const ban: RowOperation = { ...change('user', 'ada'), do: 'update', set: { banned: 1 }, add: {} };
const revoke: RowOperation = { ...change('session', '1'), do: 'delete' };

function change(table: string, id: string): { table: string; where: RowCondition[]; reach: 'one' } {
  return { table, where: [{ field: 'id', operator: 'eq', value: id, connector: 'AND', mode: 'sensitive' }], reach: 'one' };
}

async function signedIn(bench: ProjectBench, token: string): Promise<FakeSocket> {
  const socket = bench.connect();
  bench.say(socket, { type: 'authenticate', id: 1, token });
  bench.watch(socket, 1, 'cells:who', { cell: 'a' });
  await bench.quiet();
  await bench.timer.pass(2_000);
  return socket;
}

test.each(['awake', 'after sleep'])('a user who is banned is sent away at once, and nobody else (%s)', async (state) => {
  const bench = await usersBench();
  const [ada, again, bob] = [await signedIn(bench, 'ada 1'), await signedIn(bench, 'ada 2'), await signedIn(bench, 'bob 3')];
  if (state === 'after sleep') bench.sleep();
  bench.project.users.rows(ban);
  expect([ada, again, bob].map(({ closedWith }) => closedWith?.reason ?? null)).toEqual(['auth/token-expired', 'auth/token-expired', null]);
  const back = await signedIn(bench, 'ada 2');
  expect(back.closedWith).toMatchObject({ code: 4401, reason: 'auth/session-ended' });
});

test('a session that is ended is over, and the user’s others go on with a new token', async () => {
  const bench = await usersBench();
  await signedIn(bench, 'ada 2');
  bench.project.users.rows(revoke);
  expect((await signedIn(bench, 'ada 1')).closedWith).toMatchObject({ reason: 'auth/session-ended' });
  expect((await signedIn(bench, 'ada 2')).closedWith).toBeNull();
});

test('a session is its user’s alone, and over when its time has come', async () => {
  const bench = await usersBench();
  expect((await signedIn(bench, 'bob 1')).closedWith).toMatchObject({ reason: 'auth/session-ended' });
  expect((await signedIn(bench, 'bob none')).closedWith).toMatchObject({ reason: 'auth/session-ended' });
  bench.project.users.rows({ ...change('session', '3'), do: 'update', set: { expiresAt: moment }, add: {} });
  expect((await signedIn(bench, 'bob 3')).closedWith).toMatchObject({ reason: 'auth/session-ended' });
});

test('a ban that has an end is over then', async () => {
  const bench = await usersBench();
  bench.project.users.rows({ ...change('user', 'ada'), do: 'update', set: { banned: 1, banExpires: moment }, add: {} });
  expect((await signedIn(bench, 'ada 1')).closedWith).toBeNull();
});

test('functions are not told which session it is: all devices of a user share what is cached', async () => {
  const bench = await usersBench();
  const [one, other] = [await signedIn(bench, 'ada 1'), await signedIn(bench, 'ada 2')];
  const callers = [one, other].map(({ connection }) => connection?.caller);
  expect(callers[0]?.identity).toEqual({ tokenIdentifier: 'betterbase:bench|ada', subject: 'ada', issuer: 'betterbase:bench' });
  expect(callers[0]?.identityKey).toBe(callers[1]?.identityKey);
});
