import { acknowledgeCharacters } from '@betterbase/protocol';
import { expect, test } from 'vitest';
import { createTestClient, outcomeOf } from '../test/test-client.ts';
import { todos } from '../test/todos.ts';

const ann = { owner: 'ann' };
const milk = { owner: 'ann', text: 'milk' };

test('after a lost connection the client goes on with its session, its watches and their hashes', async () => {
  const { client, server, platform, settle } = createTestClient();
  const watched = client.watch(todos.list, ann);
  await settle();
  server.greet('s1');
  server.say({ type: 'transition', from: 0, to: 7, changes: [{ id: 1, value: ['milk'], hash: 'h' }], finished: [] });
  server.socket.cut();
  expect(watched.current().data).toEqual(['milk']);

  await platform.advance(250);
  server.socket.open();
  expect(server.take()).toEqual([
    { type: 'connect', protocol: 1, session: 's1', version: 7, client: 'betterbase-js', acknowledgeCharacters },
    { type: 'watch', add: [{ id: 1, path: 'todos:list', args: ann, hash: 'h' }], remove: [] },
  ]);
});

test('mutations without an outcome are sent again with their ids, in order, before newer ones', async () => {
  const { client, server, platform, settle } = createTestClient();
  const calls = ['a', 'b', 'c'].map((text) => client.mutation(todos.add, { owner: 'ann', text }));
  await settle();
  server.greet('s1');
  await settle();
  server.say({ type: 'transition', from: 0, to: 1, changes: [], finished: [{ id: 2, value: 'id-b' }] });
  server.socket.cut();
  void client.mutation(todos.add, { owner: 'ann', text: 'd' });
  await platform.advance(250);
  server.greet('s1', true);
  await settle();

  expect(server.take()).toMatchObject([
    { type: 'connect', session: 's1' },
    { type: 'mutation', id: 1, args: { text: 'a' } },
    { type: 'mutation', id: 3, args: { text: 'c' } },
    { type: 'mutation', id: 4, args: { text: 'd' } },
  ]);
  server.say({
    type: 'transition',
    from: 0,
    to: 3,
    changes: [],
    finished: [
      { id: 1, value: 'id-a' },
      { id: 3, value: 'id-c' },
    ],
  });
  await expect(Promise.all(calls)).resolves.toEqual(['id-a', 'id-b', 'id-c']);
});

test('when the session has expired, sent mutations have an unknown outcome and unsent ones are numbered anew', async () => {
  const { client, server, platform, settle } = createTestClient();
  const sent = client.mutation(todos.add, milk);
  await settle();
  server.greet('s1');
  await settle();
  server.socket.cut();
  const unsent = client.mutation(todos.add, { owner: 'ann', text: 'tea' });
  await platform.advance(250);
  server.greet('s2', false);
  await settle();

  expect(await outcomeOf(sent)).toMatchObject({ error: { code: 'session/expired', hint: expect.stringContaining('may or may not') } });
  expect(server.take().at(-1)).toMatchObject({ type: 'mutation', id: 1, args: { text: 'tea' } });
  server.say({ type: 'transition', from: 0, to: 1, changes: [], finished: [{ id: 1, value: 'id' }] });
  await expect(unsent).resolves.toBe('id');
});

test('actions under way fail with the connection; those not yet sent wait for the next', async () => {
  const { client, server, platform, settle } = createTestClient();
  const sent = client.action(todos.export);
  await settle();
  server.greet();
  await settle();
  server.socket.cut();
  const waiting = client.action(todos.export, { format: 'json' });
  await settle();

  expect(await outcomeOf(sent)).toMatchObject({ error: { code: 'connection/lost' } });
  await platform.advance(250);
  server.greet('s1', true);
  await settle();
  expect(server.take().filter((message) => message !== 'ping' && message.type === 'action')).toEqual([
    { type: 'action', id: 2, path: 'todos:export', args: { format: 'json' } },
  ]);
  server.say({ type: 'action-finished', id: 2, value: 'done' });
  await expect(waiting).resolves.toBe('done');
});

test('old results stay until every watched query has been answered; then they and finished mutations change in one step', async () => {
  const { client, server, platform, settle } = createTestClient();
  const list = client.watch(todos.list, ann);
  const count = client.watch(todos.count, {});
  await settle();
  server.greet('s1');
  server.say({
    type: 'transition',
    from: 0,
    to: 1,
    changes: [
      { id: 1, value: ['a'], hash: 'a' },
      { id: 2, value: 1, hash: 'x' },
    ],
    finished: [],
  });
  const mutation = client.mutation(todos.add, milk, { optimistic: (store) => store.setQuery(todos.list, ann, ['a', 'guess']) });
  await settle();
  server.socket.cut();
  await platform.advance(250);
  const seen: unknown[] = [];
  for (const watched of [list, count]) watched.subscribe(() => seen.push([list.current().data, count.current().data]));
  server.greet('s1', true);
  server.say({
    type: 'transition',
    from: 0,
    to: 5,
    changes: [{ id: 1, value: ['a', 'real'], hash: 'b' }],
    finished: [{ id: 1, value: 'id' }],
  });

  expect(await outcomeOf(mutation)).toBe('pending');
  expect([list.current().data, count.current().data]).toEqual([['a', 'guess'], 1]);
  server.say({ type: 'transition', from: 5, to: 6, changes: [{ id: 2, value: 2, hash: 'y' }], finished: [] });
  expect(seen).toEqual([
    [['a', 'real'], 2],
    [['a', 'real'], 2],
  ]);
  await expect(mutation).resolves.toBe('id');
});

test('a transition that does not fit is reported, and the conversation starts anew', async () => {
  const { client, server, platform, settle } = createTestClient();
  const watched = client.watch(todos.count, {});
  await settle();
  server.greet('s1');
  server.say({ type: 'transition', from: 3, to: 4, changes: [{ id: 1, value: 1, hash: 'a' }], finished: [] });

  expect(platform.reports).toMatchObject([{ code: 'protocol/bad-message', message: expect.stringContaining('starts at version 3') }]);
  expect(watched.current().status).toBe('loading');
  await platform.advance(1250);
  expect(server.sockets).toHaveLength(2);
});

test('pauses between attempts grow, and nothing is tried in between', async () => {
  const { client, server, platform, settle } = createTestClient();
  client.watch(todos.count, {});
  await settle();
  const attempts: number[] = [];
  const start = platform.now();
  for (let attempt = 0; attempt < 8; attempt += 1) {
    attempts.push(platform.now() - start);
    const before = server.sockets.length;
    server.socket.cut();
    while (server.sockets.length === before) await platform.advance(10);
  }

  expect(attempts).toEqual([0, 250, 750, 1750, 3750, 7750, 15_750, 30_750]);
  expect(client.connectionState()).toMatchObject({ phase: 'connecting', retries: 8, hasEverConnected: false });
});

test('connections that are accepted and dropped at once do not reset the pause', async () => {
  const { client, server, platform, settle } = createTestClient();
  client.watch(todos.count, {});
  await settle();
  for (let attempt = 0; attempt < 6; attempt += 1) {
    server.greet(`s${attempt}`);
    server.socket.cut();
    await platform.advance(15_000);
  }

  expect(client.connectionState().retries).toBe(6);
  server.greet('s');
  await platform.advance(1000);
  server.socket.cut();
  expect(client.connectionState().retries).toBe(1);
});

test('after outages close together the pause is short each time the server was back', async () => {
  const { client, server, platform, settle } = createTestClient();
  client.watch(todos.count, {});
  await settle();
  for (let outage = 0; outage < 8; outage += 1) {
    server.greet('s', outage > 0);
    await platform.advance(1500);
    const before = server.sockets.length;
    server.socket.cut();
    await platform.advance(250);
    expect(server.sockets.length, `outage ${outage}`).toBe(before + 1);
  }
});

test('a journal comes back with the answer it belongs to', async () => {
  const { client, server, platform, settle } = createTestClient();
  client.watch(todos.count, {});
  await settle();
  server.greet();
  server.say({ type: 'transition', from: 0, to: 1, changes: [{ id: 1, value: 3, hash: 'a', journal: 'ends here' }], finished: [] });
  server.take();
  server.socket.cut();
  await platform.advance(250);
  server.greet('s1', true);

  expect(server.take()).toMatchObject([{ type: 'connect' }, { type: 'watch', add: [{ id: 1, hash: 'a', journal: 'ends here' }] }]);
});

test('the network coming back ends the pause', async () => {
  const { client, server, platform, settle } = createTestClient();
  client.watch(todos.count, {});
  await settle();
  for (let attempt = 0; attempt < 6; attempt += 1) {
    server.socket.cut();
    await platform.advance(15_000);
  }
  server.socket.cut();
  const before = server.sockets.length;
  platform.wake();

  expect(server.sockets).toHaveLength(before + 1);
  platform.wake();
  expect(server.sockets).toHaveLength(before + 1);
});

test('a silent connection is asked, and replaced when nothing answers', async () => {
  const { client, server, platform, settle } = createTestClient();
  client.watch(todos.count, {});
  await settle();
  server.greet();
  server.take();
  await platform.advance(25_000);
  expect(server.take()).toEqual(['ping']);
  server.socket.deliver('pong');
  await platform.advance(25_000);
  expect(server.take()).toEqual(['ping']);

  const silent = server.socket;
  await platform.advance(10_250);
  expect(silent.state).toBe('closed');
  expect(server.sockets).toHaveLength(2);
});

test('what an abandoned socket still says is not heard', async () => {
  const { client, server, platform, settle } = createTestClient();
  const watched = client.watch(todos.count, {});
  await settle();
  server.greet();
  const old = server.socket;
  const late = { type: 'transition', from: 0, to: 1, changes: [{ id: 1, value: 1, hash: 'a' }], finished: [] } as const;
  old.close = () => {};
  await platform.advance(36_000);
  old.say(late);

  expect(server.sockets).toHaveLength(2);
  expect(watched.current().status).toBe('loading');
});

test('a server that accepts and never greets is given up', async () => {
  const { client, server, platform, settle } = createTestClient();
  client.watch(todos.count, {});
  await settle();
  server.socket.open();
  await platform.advance(15_250);

  expect(server.sockets).toHaveLength(2);
});

test('the state tells the story, each time as another object', async () => {
  const { client, server, platform, settle } = createTestClient();
  const phases: string[] = [];
  client.onConnectionState(({ phase }) => phases.push(phase));
  client.watch(todos.count, {});
  await settle();
  server.greet();
  expect(client.connectionState()).toBe(client.connectionState());
  server.socket.cut();
  await platform.advance(250);
  client.close();

  expect(phases.filter((phase, index) => phase !== phases[index - 1])).toEqual([
    'connecting',
    'connected',
    'waiting',
    'connecting',
    'closed',
  ]);
});

test('a closed client leaves no timer behind', async () => {
  const { client, server, platform, settle } = createTestClient();
  client.watch(todos.count, {}).unsubscribe();
  await settle();
  server.greet();
  client.close();

  expect(platform.clock.waiting).toBe(0);
});
