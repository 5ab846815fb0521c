/** When somebody else is there, or nobody: what was shown to the one before is not shown any more. */
import { describe, expect, test, vi } from 'vitest';
import { bench, type Bench, signedIn } from '../../test/sign-in-bench.ts';
import { createTestClient, outcomeOf } from '../../test/test-client.ts';
import { testToken, TokenSource } from '../../test/tokens.ts';
import { todos } from '../../test/todos.ts';
import { withAuth } from './index.ts';

const ann = { owner: 'ann' };

/** Ann, who sees her list. */
async function watching(): Promise<{ readonly made: Bench; readonly shown: unknown[]; readonly state: () => unknown }> {
  const made = await signedIn(new TokenSource(testToken('ann')));
  const shown: unknown[] = [];
  const query = made.client.observe(todos.list, ann);
  query.subscribe(() => shown.push(query.current().data));
  await made.settle();
  made.server.say({ type: 'transition', from: 1, to: 2, changes: [{ id: 1, value: ['secret'], hash: 'h' }], finished: [] });
  expect(shown).toEqual([['secret']]);
  made.server.take();
  return { made, shown, state: () => query.current() };
}

const loading = { status: 'loading', data: undefined, error: null };

describe('signing out', () => {
  test('takes what is shown away at once, and asks anew as nobody', async () => {
    const { made, shown, state } = await watching();
    made.client.clearAuth();
    expect([shown.at(-1), state()]).toEqual([undefined, loading]);
    await made.settle();
    expect(made.server.take()).toMatchObject([
      { type: 'authenticate', token: null },
      { type: 'watch', add: [{ id: 2, path: 'todos:list' }], remove: [1] },
    ]);
    // What was on its way to her is for nobody any more.
    made.server.say({ type: 'transition', from: 2, to: 3, changes: [{ id: 1, value: ['secret', 'more'], hash: 'i' }], finished: [] });
    expect(state()).toEqual(loading);
    made.server.say({ type: 'transition', from: 3, to: 4, changes: [{ id: 2, value: [], hash: 'j' }], finished: [], identity: 2 });
    expect(shown).toEqual([['secret'], undefined, []]);
  });

  test('without a network takes it away, too, and does not do for the next what the one before has called', async () => {
    const { made, state } = await watching();
    made.server.socket.cut();
    const added = made.client.mutation(todos.add, { owner: 'ann', text: 'hers' });
    const acted = made.client.action(todos.export, {});
    await made.settle();
    made.client.clearAuth();
    expect(state()).toEqual(loading);
    for (const call of [added, acted]) expect(await outcomeOf(call)).toMatchObject({ error: { code: 'auth/session-ended' } });
    made.signIn(new TokenSource(testToken('bob')));
    await made.platform.advance(5_000);
    made.server.greet('s2');
    await made.settle();
    expect(made.server.take()).toMatchObject([{ type: 'connect', session: null }, { type: 'authenticate' }, { type: 'watch' }]);
  });

  test('takes a guess of what would be there away with what it was a guess on', async () => {
    const { made, state } = await watching();
    made.client
      .mutation(
        todos.add,
        { owner: 'ann', text: 'milk' },
        {
          optimistic: (store) => {
            const list = store.getQuery(todos.list, ann);
            if (list !== undefined) store.setQuery(todos.list, ann, [...list, 'milk']);
          },
        },
      )
      .catch(() => {});
    expect(state()).toMatchObject({ data: ['secret', 'milk'] });
    made.client.clearAuth();
    expect(state()).toEqual(loading);
  });
});

describe('another user', () => {
  test('sees nothing of the one before, however late their own answer comes', async () => {
    const { made, shown, state } = await watching();
    made.signIn(new TokenSource(testToken('bob')));
    await made.settle();
    expect([shown.at(-1), state()]).toEqual([undefined, loading]);
    // Whoever mounts meanwhile sees no more.
    expect(made.client.observe(todos.list, ann).current()).toEqual(loading);
    made.server.say({ type: 'transition', from: 2, to: 3, changes: [{ id: 2, value: ['of bob'], hash: 'k' }], finished: [], identity: 2 });
    expect(shown).toEqual([['secret'], undefined, ['of bob']]);
  });

  test('is told apart from the same one with another token, who goes on seeing everything', async () => {
    const { made, shown } = await watching();
    made.signIn(new TokenSource(testToken('ann', { jti: 'b' })));
    await made.settle();
    expect(made.server.take()).toMatchObject([{ type: 'authenticate' }]);
    expect(shown).toEqual([['secret']]);
  });

  test('does not take from view what everybody saw before anybody signed in', async () => {
    const { client, server, settle, signIn } = bench();
    const query = client.observe(todos.list, ann);
    query.subscribe(() => {});
    await settle();
    server.greet();
    server.say({ type: 'transition', from: 0, to: 1, changes: [{ id: 1, value: ['for all'], hash: 'h' }], finished: [] });
    signIn(new TokenSource(testToken('ann')));
    await settle();
    expect(query.current()).toMatchObject({ status: 'success', data: ['for all'] });
  });
});

test('a request over HTTP after a long sleep shows a new token, and not the one that is over', async () => {
  const sent: (string | null)[] = [];
  const { platform } = createTestClient();
  const client = withAuth(
    createTestClient({
      platform: {
        WebSocket: platform.WebSocket,
        fetch: async (_url, init) => {
          sent.push(new Headers(init?.headers).get('authorization'));
          return Response.json({ status: 'success', value: [] });
        },
      },
    }).client,
  );
  const [first, second] = [testToken('ann'), testToken('ann', { jti: 'b' })];
  client.setAuth(new TokenSource(first, second).fetch);
  await client.query(todos.list, ann);
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 8 * 60 * 60 * 1000);
  await client.query(todos.list, ann);
  clock.mockRestore();
  expect(sent).toEqual([`Bearer ${first}`, `Bearer ${second}`]);
  client.close();
});
