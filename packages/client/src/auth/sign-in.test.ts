import { describe, expect, test } from 'vitest';
import { bench, refuse, signedIn } from '../../test/sign-in-bench.ts';
import { createTestClient, outcomeOf } from '../../test/test-client.ts';
import { testToken, TokenSource } from '../../test/tokens.ts';
import { todos } from '../../test/todos.ts';
import { withAuth } from './index.ts';

const ann = { owner: 'ann' };

describe('setAuth', () => {
  test('sends nothing before there is a token, and then who the user is before anything else', async () => {
    const { client, server, settle, told } = bench();
    const { promise, resolve } = Promise.withResolvers<string>();
    client.setAuth(
      () => promise,
      (is) => told.push(is ? 'in' : 'out'),
    );
    client.watch(todos.list, ann);
    await settle();
    expect(server.sockets).toHaveLength(0);

    resolve('token');
    await settle();
    server.greet();
    expect(server.take()).toMatchObject([
      { type: 'connect' },
      { type: 'authenticate', id: 1, token: 'token' },
      { type: 'watch', add: [{ path: 'todos:list' }] },
    ]);
    expect(told).toEqual([]);
  });

  test('is confirmed by the server, after the answers that came with it were told', async () => {
    const { client, server, settle, told, signIn } = bench();
    signIn(new TokenSource(testToken('ann')));
    client.watch(todos.list, ann, (list) => told.push(`shows ${JSON.stringify(list)}`));
    await settle();
    server.greet();
    server.say({ type: 'transition', from: 0, to: 1, changes: [{ id: 1, value: ['milk'], hash: 'h' }], finished: [], identity: 1 });
    expect(told).toEqual(['shows ["milk"]', 'refreshed', 'in']);
  });

  test('connects although nothing is watched', async () => {
    const { server, settle, signIn } = bench();
    signIn(new TokenSource('t'));
    await settle();
    expect(server.sockets).toHaveLength(1);
  });

  test('on a connection that stands holds back what is called meanwhile', async () => {
    const { client, server, settle } = bench();
    client.watch(todos.list, ann);
    await settle();
    server.greet();
    server.take();
    const { promise, resolve } = Promise.withResolvers<string>();
    client.setAuth(() => promise);
    client.mutation(todos.add, { owner: 'ann', text: 'milk' }).catch(() => {});
    await settle();
    expect(server.take()).toEqual([]);
    resolve('token');
    await settle();
    expect(server.take()).toMatchObject([
      { type: 'authenticate', token: 'token' },
      { type: 'mutation', id: 1 },
    ]);
  });

  test('asks for a new token when the cache has none, and signs nobody in when there is none at all', async () => {
    const { client, server, settle, told, signIn } = bench();
    const source = new TokenSource(null);
    signIn(source);
    client.watch(todos.list, ann);
    await settle();
    server.greet();
    expect(source.asked).toEqual([false, true]);
    expect(told).toEqual(['refreshed', 'out']);
    expect(server.take()).toMatchObject([{ type: 'connect' }, { type: 'watch' }]);
  });

  test('an error of fetchToken is reported, and is no token', async () => {
    const { platform, settle, told, signIn } = bench();
    const failure = new Error('offline');
    signIn(new TokenSource(failure));
    await settle();
    expect(platform.reports).toEqual([failure, failure]);
    expect(told).toContain('out');
  });

  test('called again, hears nothing more of the user before', async () => {
    const { client, server, settle, told, signIn } = bench();
    const slow = Promise.withResolvers<string>();
    client.setAuth(
      () => slow.promise,
      () => told.push('the first'),
    );
    signIn(new TokenSource(testToken('bob')));
    await settle();
    slow.resolve(testToken('ann'));
    await settle();
    server.greet();
    expect(server.take()).toMatchObject([{ type: 'connect' }, { type: 'authenticate', token: testToken('bob') }]);
    server.say({ type: 'transition', from: 0, to: 1, changes: [], finished: [], identity: 1 });
    expect(told).toEqual(['refreshed', 'in']);
  });

  test('is not confirmed by what the server says of the user before, nor refused by it', async () => {
    const made = bench();
    const { client, server, settle, told, platform } = made;
    client.setAuth(() => testToken('ann'));
    await settle();
    server.greet();
    const { promise, resolve } = Promise.withResolvers<string>();
    let asked = 0;
    client.setAuth(
      () => {
        asked += 1;
        return promise;
      },
      (is) => told.push(is ? 'in' : 'out'),
    );
    server.say({ type: 'transition', from: 0, to: 1, changes: [], finished: [], identity: 1 });
    expect(told).toEqual([]);
    refuse(made);
    await platform.advance(5_000);
    resolve(testToken('bob'));
    await settle();
    server.greet('s1', true);
    server.say({ type: 'transition', from: 0, to: 1, changes: [], finished: [], identity: 2 });
    expect([told, asked]).toEqual([['in'], 1]);
  });

  test('a listener that throws is reported', async () => {
    const { client, server, platform, settle } = bench();
    client.setAuth(
      () => testToken('ann'),
      () => {
        throw new Error('of the app');
      },
    );
    await settle();
    server.greet();
    server.say({ type: 'transition', from: 0, to: 1, changes: [], finished: [], identity: 1 });
    expect(platform.reports).toEqual([new Error('of the app')]);
    expect(client.connectionState().phase).toBe('connected');
  });
});

describe('clearAuth', () => {
  test('makes the connection nobody’s, and tells nobody', async () => {
    const { client, server, settle, told } = await signedIn(new TokenSource(testToken('ann')));
    client.clearAuth();
    client.clearAuth();
    await settle();
    expect(server.take()).toEqual([{ type: 'authenticate', id: 2, token: null }]);
    expect(told).toEqual([]);
  });

  test('while the first token is fetched lets everything go on', async () => {
    const { client, server, settle } = bench();
    client.setAuth(() => new Promise(() => {}));
    client.watch(todos.list, ann);
    client.clearAuth();
    await settle();
    server.greet();
    expect(server.take()).toMatchObject([{ type: 'connect' }, { type: 'watch' }]);
  });
});

describe('what somebody has called', () => {
  test('is not sent again by somebody else', async () => {
    const made = await signedIn(new TokenSource(testToken('ann')));
    const { client, server, platform, settle } = made;
    const added = client.mutation(todos.add, { owner: 'ann', text: 'milk' });
    await settle();
    server.take();
    client.clearAuth();
    server.socket.cut();
    expect(await outcomeOf(added)).toMatchObject({ error: { code: 'session/expired' } });
    await platform.advance(5_000);
    server.greet('s2');
    expect(server.take()).toMatchObject([{ type: 'connect', session: null }]);
  });

  test('is sent again by the same user, however often the app calls setAuth', async () => {
    const made = await signedIn(new TokenSource(testToken('ann')));
    const { client, server, platform, settle } = made;
    const added = client.mutation(todos.add, { owner: 'ann', text: 'milk' });
    await settle();
    server.socket.cut();
    made.signIn(new TokenSource(testToken('ann', { jti: 'b' })));
    await platform.advance(5_000);
    server.greet('s1', true);
    await settle();
    added.catch(() => {});
    expect(server.take()).toMatchObject([{ type: 'connect', session: 's1' }, { type: 'authenticate' }, { type: 'mutation', id: 1 }]);
    expect(await outcomeOf(added)).toBe('pending');
  });
});

test('requests over HTTP show the token, and wait for it', async () => {
  const sent: unknown[] = [];
  const { platform } = createTestClient();
  const client = withAuth(
    createTestClient({
      platform: {
        WebSocket: platform.WebSocket,
        fetch: async (_url, init) => {
          sent.push(init?.headers);
          return Response.json({ status: 'success', value: [] });
        },
      },
    }).client,
  );
  const { promise, resolve } = Promise.withResolvers<string>();
  client.setAuth(() => promise);
  const early = client.query(todos.list, ann);
  expect(sent).toEqual([]);
  resolve('token');
  await early;
  client.clearAuth();
  await client.query(todos.list, ann);
  expect(sent).toEqual([{ 'content-type': 'application/json', authorization: 'Bearer token' }, { 'content-type': 'application/json' }]);
  client.close();
});
