import { acknowledgeCharacters, acknowledgeEvery } from '@betterbase/protocol';
import { expect, test, vi } from 'vitest';
import { createTestClient } from '../test/test-client.ts';
import { todos } from '../test/todos.ts';

const ann = { owner: 'ann' };

test('nothing is connected until something is watched', async () => {
  const { client, server, settle } = createTestClient();
  await settle();

  expect(server.sockets).toHaveLength(0);
  expect(client.connectionState().phase).toBe('idle');
});

test('a client connects to its project, says who it is and what it watches', async () => {
  const { client, server, settle } = createTestClient({ name: 'tester' });
  client.watch(todos.list, ann);
  client.watch(todos.count, {});
  await settle();
  server.socket.open();

  expect(server.socket.url).toBe('wss://example.test/p/shop/realtime');
  expect(server.take()).toEqual([
    { type: 'connect', protocol: 1, session: null, version: 0, client: 'tester', acknowledgeCharacters },
    {
      type: 'watch',
      add: [
        { id: 1, path: 'todos:list', args: { owner: 'ann' } },
        { id: 2, path: 'todos:count', args: {} },
      ],
      remove: [],
    },
  ]);
});

test('every new result is told, and an unchanged one is not', async () => {
  const { client, server, settle } = createTestClient();
  const onUpdate = vi.fn<(told: unknown) => void>();
  const watched = client.watch(todos.list, ann, onUpdate);
  await settle();
  server.greet();
  server.say({ type: 'transition', from: 0, to: 1, changes: [{ id: 1, value: ['milk'], hash: 'a' }], finished: [] });
  const first = watched.current();
  server.say({ type: 'transition', from: 1, to: 2, changes: [{ id: 1, value: ['milk'], hash: 'a' }], finished: [] });
  server.say({ type: 'transition', from: 2, to: 3, changes: [{ id: 1, value: ['milk', 'tea'], hash: 'b' }], finished: [] });

  expect(first).toEqual({ status: 'success', data: ['milk'], error: null });
  expect(onUpdate.mock.calls).toEqual([[['milk']], [['milk', 'tea']]]);
});

test('watchers of the same query share one subscription, and the second is told what is known', async () => {
  const { client, server, settle } = createTestClient();
  client.watch(todos.list, ann);
  await settle();
  server.greet();
  server.say({ type: 'transition', from: 0, to: 1, changes: [{ id: 1, value: ['milk'], hash: 'a' }], finished: [] });
  server.take();
  const onUpdate = vi.fn<(told: unknown) => void>();
  const second = client.watch(todos.list, ann, onUpdate);

  expect(second.current().data).toEqual(['milk']);
  expect(onUpdate).not.toHaveBeenCalled();
  await settle();
  expect(onUpdate.mock.calls).toEqual([[['milk']]]);
  expect(server.take()).toEqual([]);
});

test('a subscription ends a while after its last watcher, and not if one comes back before', async () => {
  const { client, server, platform, settle } = createTestClient({ linger: 2000 });
  const first = client.watch(todos.list, ann);
  await settle();
  server.greet();
  server.take();
  first.unsubscribe();
  await platform.advance(1999);
  const second = client.watch(todos.list, ann);
  await platform.advance(5000);
  expect(server.take()).toEqual([]);

  second.unsubscribe();
  await platform.advance(2000);
  expect(server.take()).toEqual([{ type: 'watch', add: [], remove: [1] }]);
});

test('queries changed by one transition are all new before the first listener hears of it', async () => {
  const { client, server, settle } = createTestClient();
  const list = client.watch(todos.list, ann);
  const count = client.watch(todos.count, {});
  const seen: unknown[] = [];
  for (const watched of [list, count]) watched.subscribe(() => seen.push([list.current().data, count.current().data]));
  await settle();
  server.greet();
  server.say({
    type: 'transition',
    from: 0,
    to: 1,
    changes: [
      { id: 1, value: ['milk'], hash: 'a' },
      { id: 2, value: 1, hash: 'b' },
    ],
    finished: [],
  });

  expect(seen).toEqual([
    [['milk'], 1],
    [['milk'], 1],
  ]);
});

test('a listener that throws does not keep the others from hearing', async () => {
  const { client, server, platform, settle } = createTestClient();
  const heard = vi.fn<(told: unknown) => void>();
  client.subscribe(todos.count, {}, () => {
    throw new Error('mine');
  });
  client.subscribe(todos.count, {}, heard);
  await settle();
  server.greet();
  server.say({ type: 'transition', from: 0, to: 1, changes: [{ id: 1, value: 1, hash: 'a' }], finished: [] });

  expect(heard).toHaveBeenCalledWith(1);
  expect(platform.reports).toEqual([new Error('mine')]);
});

test('after unsubscribe nothing is told', async () => {
  const { client, server, settle } = createTestClient();
  const onUpdate = vi.fn<(told: unknown) => void>();
  const watched = client.watch(todos.count, {}, onUpdate);
  const listener = vi.fn<() => void>();
  watched.subscribe(listener);
  await settle();
  server.greet();
  watched.unsubscribe();
  server.say({ type: 'transition', from: 0, to: 1, changes: [{ id: 1, value: 1, hash: 'a' }], finished: [] });
  await settle();

  expect(onUpdate).not.toHaveBeenCalled();
  expect(listener).not.toHaveBeenCalled();
});

test('an error of the query reaches onError with its code, and app errors with their data', async () => {
  const { client, server, settle } = createTestClient();
  const onError = vi.fn<(told: unknown) => void>();
  client.watch(todos.count, {}, undefined, onError);
  await settle();
  server.greet();
  server.say({
    type: 'transition',
    from: 0,
    to: 1,
    changes: [{ id: 1, error: { code: 'arguments/invalid', message: 'No.', hint: 'Do.' }, hash: 'a' }],
    finished: [],
  });
  const thrown = { code: 'function/app-error', message: 'x', data: { left: { $integer: 'AAAAAAAAAAA=' } } } as const;
  server.say({ type: 'transition', from: 1, to: 2, changes: [{ id: 1, error: thrown, hash: 'b' }], finished: [] });

  expect(onError.mock.calls[0]?.[0]).toMatchObject({ name: 'BetterBaseError', code: 'arguments/invalid', message: 'No.', hint: 'Do.' });
  expect(onError.mock.calls[1]?.[0]).toMatchObject({ name: 'AppError', data: { left: 0n } });
});

test('an error nobody listens for is reported', async () => {
  const { client, server, platform, settle } = createTestClient();
  client.watch(todos.count, {});
  await settle();
  server.greet();
  server.say({
    type: 'transition',
    from: 0,
    to: 1,
    changes: [{ id: 1, error: { code: 'function/threw', message: 'It broke.' }, hash: 'a' }],
    finished: [],
  });

  expect(platform.reports).toMatchObject([{ code: 'function/threw' }]);
});

test('refetch asks again and resolves with the answer', async () => {
  const { client, server, settle } = createTestClient();
  const watched = client.watch(todos.count, {});
  await settle();
  server.greet();
  server.say({ type: 'transition', from: 0, to: 1, changes: [{ id: 1, value: 1, hash: 'a' }], finished: [] });
  server.take();
  const answer = watched.refetch();
  await settle();

  expect(server.take()).toEqual([{ type: 'watch', add: [{ id: 2, path: 'todos:count', args: {}, hash: 'a' }], remove: [1] }]);
  server.say({ type: 'transition', from: 1, to: 1, changes: [{ id: 2, value: 2, hash: 'b' }], finished: [] });
  await expect(answer).resolves.toBe(2);
});

test('transitions are acknowledged some at a time', async () => {
  const { client, server, settle } = createTestClient();
  client.watch(todos.count, {});
  await settle();
  server.greet();
  server.take();
  for (let version = 0; version < 2 * acknowledgeEvery + 1; version += 1) {
    server.say({
      type: 'transition',
      from: version,
      to: version + 1,
      changes: [{ id: 1, value: version, hash: `${version}` }],
      finished: [],
    });
  }

  expect(server.take()).toEqual([
    { type: 'acknowledge', version: acknowledgeEvery, finished: 0 },
    { type: 'acknowledge', version: 2 * acknowledgeEvery, finished: 0 },
  ]);
});

test('large transitions are acknowledged earlier, and what was acknowledged does not count again', async () => {
  const { client, server, settle } = createTestClient();
  client.watch(todos.list, ann);
  await settle();
  server.greet();
  server.take();
  const heard = [];
  for (let version = 0; version < 5; version += 1) {
    const value = [`${version}`.padEnd(acknowledgeCharacters / 2, 'x')];
    server.say({ type: 'transition', from: version, to: version + 1, changes: [{ id: 1, value, hash: `${version}` }], finished: [] });
    heard.push(...server.take());
  }

  expect(heard).toEqual([
    { type: 'acknowledge', version: 2, finished: 0 },
    { type: 'acknowledge', version: 4, finished: 0 },
  ]);
});

test('wishes that do not fit in one frame together are told in several', async () => {
  const { client, server, settle } = createTestClient();
  const long = 'x'.repeat(1_000_000);
  for (let index = 0; index < 5; index += 1) client.watch(todos.list, { owner: `${index}${long}` });
  await settle();
  server.greet();

  const watches = server.take().filter((message) => message !== 'ping' && message.type === 'watch');
  expect(watches.length).toBeGreaterThan(1);
  expect(watches.flatMap((message) => message.add.map(({ id }) => id))).toEqual([1, 2, 3, 4, 5]);
});

test('arguments that cannot be sent are refused at once, with the reason', async () => {
  const { client } = createTestClient();

  expect(() => client.watch('todos:list', { owner: () => 'ann' })).toThrow(expect.objectContaining({ code: 'value/unsupported' }));
  expect(() => client.watch(todos.list, { owner: 'x'.repeat(3_000_000) })).toThrow(
    expect.objectContaining({ code: 'arguments/too-large' }),
  );
  await expect(client.mutation(todos.add, { owner: 'ann', text: 'x'.repeat(3_000_000) })).rejects.toMatchObject({
    code: 'arguments/too-large',
  });
});
