import { describe, expect, test } from 'vitest';
import { bench, pass, refuse, signedIn } from '../../test/sign-in-bench.ts';
import { outcomeOf } from '../../test/test-client.ts';
import { testToken, TokenSource } from '../../test/tokens.ts';
import { todos } from '../../test/todos.ts';

const ann = { owner: 'ann' };

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
