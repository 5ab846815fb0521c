/** Users who sign in, with the real client on real sockets, and tokens of a real issuer on this machine. */
import type { QueryState, WatchedQuery } from '@betterbase/client';
import { type AuthClient, createClient } from '@betterbase/client/auth';
import { createTestIssuer, type TestIssuer } from '@betterbase/testing/issuer';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { identityApp } from './test/identity-app.ts';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { RawSocket } from './test/raw-socket.ts';

let issuer: TestIssuer;
let platform: LocalPlatform;

beforeAll(async () => {
  issuer = await createTestIssuer();
  platform = await startLocalPlatform({ host: 'loader', vars: { BB_DEV: '1' } });
  await platform.deploy('app', identityApp([issuer.provider]));
});
afterAll(async () => {
  await platform.stop();
  await issuer.stop();
});

function connect(): AuthClient {
  const client = createClient({ url: `${platform.url}/p/app` });
  onTestFinished(() => client.close());
  return client;
}

/** Everything a watched query showed, in order. */
function record(client: AuthClient, path: string): { readonly shown: unknown[]; readonly query: WatchedQuery<unknown> } {
  const shown: unknown[] = [];
  return {
    shown,
    query: client.watch(
      path,
      {},
      (value) => shown.push(value),
      (error) => shown.push(error),
    ),
  };
}

function signIn(client: AuthClient, user: string, expiresIn = 3600): Promise<boolean> {
  return new Promise((resolve) => client.setAuth(() => issuer.token({ sub: user }, { expiresIn }), resolve));
}

test('a user’s queries are never answered as nobody’s', async () => {
  const client = connect();
  const me = record(client, 'users:me');
  expect(await signIn(client, 'ada')).toBe(true);
  await vi.waitFor(() => expect(me.shown).toEqual(['ada']));
  expect(await client.mutation('users:write', { text: 'hi' })).toBe('ada');
  expect(await client.query('users:me')).toBe('ada');
  expect(await client.action('users:act')).toEqual(['ada', 'ada', 'ada']);
});

test('signing in, changing the user and signing out change what is seen, on one connection', async () => {
  const client = connect();
  const [me, count] = [record(client, 'users:me'), record(client, 'users:count')];
  await vi.waitFor(() => expect([me.shown, count.shown.length]).toEqual([[null], 1]));
  await signIn(client, 'ada');
  await vi.waitFor(() => expect(me.shown).toEqual([null, 'ada']));
  await signIn(client, 'bob');
  await vi.waitFor(() => expect(me.shown).toEqual([null, 'ada', 'bob']));
  client.clearAuth();
  await vi.waitFor(() => expect(me.shown).toEqual([null, 'ada', 'bob', null]));
  // What was shown to one user is taken away and asked anew for the next, also what would be the same for all.
  expect(count.shown).toEqual([1, 1, 1]);
  expect(client.connectionState()).toMatchObject({ phase: 'connected', connections: 1 });
});

test('tokens are replaced before they expire, and subscriptions hear of writes all the while', async () => {
  const [client, writer] = [connect(), connect()];
  const changes: boolean[] = [];
  let tokens = 0;
  client.setAuth(
    () => {
      tokens += 1;
      return issuer.token({ sub: 'refresher' }, { expiresIn: 3 });
    },
    (is) => changes.push(is),
  );
  const count = record(client, 'users:count');
  const me = record(client, 'users:me');
  await vi.waitFor(() => expect(count.shown).toHaveLength(1));
  await signIn(writer, 'writer');
  const until = Date.now() + 7_000;
  let writes = 0;
  while (Date.now() < until) {
    await writer.mutation('users:write', { text: String(writes) });
    writes += 1;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  await vi.waitFor(() => expect(count.shown.at(-1)).toBe(Number(count.shown[0]) + writes));
  expect(tokens).toBeGreaterThanOrEqual(3);
  expect(changes).toEqual([true]);
  expect(me.shown).toEqual(['refresher']);
  expect(client.connectionState()).toMatchObject({ connections: 1 });
});

test('a token that expires in a client that sleeps ends the connection, and a new one goes on with it', async () => {
  const socket = await RawSocket.open(`${platform.url}/p/app/realtime`);
  onTestFinished(() => socket.close());
  const { session } = await socket.connect();
  socket.send({ type: 'authenticate', id: 1, token: await issuer.token({ sub: 'sleeper' }, { expiresIn: 2 }) });
  socket.send({ type: 'watch', add: [{ id: 1, path: 'users:notes', args: {} }], remove: [] });
  const first = await socket.next();
  expect(first).toMatchObject({ type: 'transition', identity: 1 });
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  const writer = connect();
  await writer.mutation('users:write', { text: 'for nobody' });
  socket.send({ type: 'watch', add: [{ id: 2, path: 'users:me', args: {} }], remove: [] });
  let frame = await socket.next();
  while (frame.type === 'transition') {
    expect(frame.changes.some((change) => change.id === 2)).toBe(false);
    frame = await socket.next();
  }
  expect(frame).toMatchObject({ type: 'fatal', error: { code: 'auth/token-expired' }, retry: 'never' });
  expect(await socket.closed()).toEqual({ code: 4401, reason: 'auth/token-expired' });

  const again = await RawSocket.open(`${platform.url}/p/app/realtime`);
  onTestFinished(() => again.close());
  expect(await again.connect(session)).toMatchObject({ resumed: true });
  again.send({ type: 'authenticate', id: 1, token: await issuer.token({ sub: 'sleeper' }) });
  again.send({ type: 'watch', add: [{ id: 1, path: 'users:me', args: {} }], remove: [] });
  let me = await again.next();
  while (me.type === 'transition' && me.changes.length === 0) me = await again.next();
  expect(me).toMatchObject({ changes: [{ id: 1, value: 'sleeper' }] });
});

test('a refused token is replaced once, without losing what was called', async () => {
  const client = connect();
  const changes: boolean[] = [];
  const asked: boolean[] = [];
  client.setAuth(
    ({ forceRefreshToken }) => {
      asked.push(forceRefreshToken);
      return issuer.token({ sub: 'ada' }, forceRefreshToken ? {} : { expiresIn: -60 });
    },
    (is) => changes.push(is),
  );
  const me = record(client, 'users:me');
  expect(await client.mutation('users:write', { text: 'after a refusal' })).toBe('ada');
  expect([asked, changes, me.shown]).toEqual([[false, true], [true], ['ada']]);
});

test('a user whose tokens are refused is nobody', async () => {
  const client = connect();
  const errors: unknown[] = [];
  const report = vi.spyOn(console, 'error').mockImplementation((error) => void errors.push(error));
  onTestFinished(() => report.mockRestore());
  const isIn = await new Promise<boolean>((resolve) => client.setAuth(() => issuer.token({}, { audience: 'other' }), resolve));
  expect(isIn).toBe(false);
  const me = record(client, 'users:me');
  await vi.waitFor(() => expect(me.shown).toEqual([null]));
  expect(errors).toMatchObject([{ code: 'auth/bad-token' }]);
});

test('two users who watch the same query see each their own', async () => {
  const users = ['one', 'two', 'three'].map((user) => ({ user, client: connect() }));
  await Promise.all(users.map(({ user, client }) => signIn(client, user)));
  const notes = users.map(({ client }) => record(client, 'users:notes'));
  await Promise.all(users.map(({ user, client }) => client.mutation('users:write', { text: `of ${user}` })));
  await vi.waitFor(() => expect(notes.map(({ shown }) => shown.at(-1))).toEqual([['of one'], ['of two'], ['of three']]));
  const states: (QueryState<unknown> | undefined)[] = notes.map(({ query }) => query.current());
  expect(states.every((state) => state?.status === 'success')).toBe(true);
});
