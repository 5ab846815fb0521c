import { errorCodes } from '@betterbase/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createTestClient, outcomeOf, type TestClient } from '../../test/test-client.ts';
import { testToken, TokenSource } from '../../test/tokens.ts';
import { todos } from '../../test/todos.ts';
import { type AuthClient, withAuth } from './index.ts';

const ann = { owner: 'ann' };

interface Bench extends TestClient {
  readonly client: AuthClient;
  /** What the app was told, in order. */
  readonly told: string[];
  signIn(source: TokenSource): void;
}

function bench(): Bench {
  const test = createTestClient();
  const client = withAuth(test.client);
  onTestFinished(() => client.close());
  const told: string[] = [];
  return {
    ...test,
    client,
    told,
    signIn: (source) =>
      client.setAuth(
        source.fetch,
        (isAuthenticated) => told.push(isAuthenticated ? 'in' : 'out'),
        (isRefreshing) => told.push(isRefreshing ? 'refreshing' : 'refreshed'),
      ),
  };
}

/** A bench whose user the server has confirmed. */
async function signedIn(source: TokenSource): Promise<Bench> {
  const made = bench();
  made.signIn(source);
  await made.settle();
  made.server.greet();
  made.server.say({ type: 'transition', from: 0, to: 1, changes: [], finished: [], identity: 1 });
  await made.settle();
  expect(made.told.filter((each) => each === 'in')).toHaveLength(1);
  made.told.length = 0;
  made.server.take();
  return made;
}

/** Time passes on a connection that answers pings. Returns what was said meanwhile. */
async function pass({ server, platform }: Bench, seconds: number): Promise<readonly unknown[]> {
  const said: unknown[] = [];
  for (let second = 0; second < seconds; second += 1) {
    await platform.advance(1_000);
    const heard = server.take();
    if (heard.includes('ping')) server.socket.deliver('pong');
    said.push(...heard.filter((message) => message !== 'ping'));
  }
  return said;
}

function refuse({ server }: Bench, code: 'auth/bad-token' | 'auth/token-expired' | 'auth/issuer-unreachable' = 'auth/token-expired'): void {
  server.say({ type: 'fatal', error: { code, message: 'No.' }, retry: errorCodes[code].retry });
  server.socket.cut();
}

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

describe('before a token expires', () => {
  test('another is shown on the same connection, and nobody notices', async () => {
    const [cached, fresh] = [testToken('ann'), testToken('ann', { jti: 'b' })];
    const source = new TokenSource(cached, fresh);
    const made = await signedIn(source);

    expect(await pass(made, 465)).toEqual([]);
    expect(source.asked).toEqual([false]);
    expect(await pass(made, 10)).toEqual([{ type: 'authenticate', id: 2, token: fresh }]);
    made.server.say({ type: 'transition', from: 1, to: 2, changes: [], finished: [], identity: 2 });
    expect(source.asked).toEqual([false, true]);
    expect(made.told).toEqual(['refreshed']);
    expect(made.server.sockets).toHaveLength(1);
  });

  test('the life of a new token is what it says, whatever the clock of this machine', async () => {
    const now = Math.floor(Date.now() / 1000);
    const fresh = testToken('ann', { iat: now + 5_000, exp: now + 5_100 });
    const source = new TokenSource(testToken('ann'), fresh, testToken('ann', { jti: 'c' }));
    const made = await signedIn(source);
    await pass(made, 475);
    made.server.say({ type: 'transition', from: 1, to: 2, changes: [], finished: [], identity: 2 });
    await pass(made, 88);
    expect(source.asked).toHaveLength(2);
    await pass(made, 2);
    expect(source.asked).toHaveLength(3);
  });

  test('when there is none, nobody is signed in any more', async () => {
    const made = await signedIn(new TokenSource(testToken('ann'), null));
    expect(await pass(made, 475)).toEqual([{ type: 'authenticate', id: 2, token: null }]);
    expect(made.told).toEqual(['refreshed', 'out']);
  });

  test('the same one again is not shown again', async () => {
    const made = await signedIn(new TokenSource(testToken('ann')));
    expect(await pass(made, 600)).toEqual([]);
    expect(made.told).toEqual([]);
  });

  test('a token that says nothing about its life is kept until the server refuses it', async () => {
    const source = new TokenSource('opaque');
    const made = await signedIn(source);
    await pass(made, 3_600);
    expect(source.asked).toEqual([false]);
  });

  test('none is asked for once the client is closed', async () => {
    const source = new TokenSource(testToken('ann'));
    const { client, platform } = await signedIn(source);
    client.close();
    await platform.advance(600_000);
    expect(source.asked).toEqual([false]);
  });
});

describe('a refused token', () => {
  test('is replaced once, on another connection, with the session and what was called', async () => {
    const source = new TokenSource(testToken('ann'), testToken('ann', { jti: 'b' }));
    const made = await signedIn(source);
    const { client, server, platform, told } = made;
    client.watch(todos.list, ann);
    const added = client.mutation(todos.add, { owner: 'ann', text: 'milk' });
    await made.settle();
    refuse(made);
    await platform.advance(0);
    expect(source.asked).toEqual([false, true]);
    expect(told).toEqual(['refreshing']);
    await platform.advance(5_000);
    server.greet('s1', true);
    await made.settle();
    expect(server.take()).toMatchObject([
      { type: 'connect', session: 's1' },
      { type: 'authenticate', id: 2, token: testToken('ann', { jti: 'b' }) },
      { type: 'watch' },
      { type: 'mutation', id: 1 },
    ]);
    server.say({
      type: 'transition',
      from: 0,
      to: 1,
      changes: [{ id: 1, value: [], hash: 'h' }],
      finished: [{ id: 1, value: 'id' }],
      identity: 2,
    });
    await expect(added).resolves.toBe('id');
    expect(told).toEqual(['refreshing', 'refreshed']);
  });

  test('refused again, signs the user out, and the connection goes on as nobody’s', async () => {
    const made = await signedIn(new TokenSource(testToken('ann'), testToken('ann', { jti: 'b' })));
    const { server, platform, told, client } = made;
    refuse(made);
    await platform.advance(5_000);
    server.greet('s1', true);
    refuse(made, 'auth/bad-token');
    await platform.advance(5_000);
    server.greet('s1', true);
    expect(told).toEqual(['refreshing', 'refreshing', 'refreshed', 'out']);
    expect(server.take()).toMatchObject([{ type: 'connect' }]);
    expect(client.connectionState().phase).toBe('connected');
    expect(platform.reports).toMatchObject([{ code: 'auth/bad-token' }]);
  });

  test('that is all there is, signs the user out at once', async () => {
    const made = await signedIn(new TokenSource(testToken('ann')));
    refuse(made);
    await made.platform.advance(5_000);
    expect(made.told).toEqual(['refreshing', 'refreshed', 'out']);
  });

  test('holds everything back while another is fetched', async () => {
    const slow = Promise.withResolvers<string>();
    const made = bench();
    let fetches = 0;
    made.client.setAuth(() => (fetches++ === 0 ? testToken('ann') : slow.promise));
    await made.settle();
    made.server.greet();
    refuse(made);
    await made.platform.advance(60_000);
    made.server.socket.open();
    expect(made.server.take()).toEqual([]);
    const query = outcomeOf(made.client.query(todos.list, ann));
    expect(await query).toBe('pending');
    slow.resolve(testToken('ann', { jti: 'b' }));
    await made.settle();
    expect(made.server.take()).toMatchObject([{ type: 'connect' }, { type: 'authenticate', id: 2 }]);
  });

  test('is told apart from an issuer that cannot be reached: the same is shown again, later', async () => {
    const source = new TokenSource(testToken('ann'));
    const made = await signedIn(source);
    refuse(made, 'auth/issuer-unreachable');
    await made.platform.advance(5_000);
    made.server.greet('s1', true);
    expect(made.server.take()).toMatchObject([{ type: 'connect' }, { type: 'authenticate', id: 1 }]);
    expect([made.told, source.asked]).toEqual([[], [false]]);
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
