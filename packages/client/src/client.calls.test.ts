import { expect, test } from 'vitest';
import { createTestClient, outcomeOf } from '../test/test-client.ts';
import { todos } from '../test/todos.ts';

const milk = { owner: 'ann', text: 'milk' };

test('mutations wait for the greeting, then go out in order with ids from 1', async () => {
  const { client, server, settle } = createTestClient();
  void client.mutation(todos.add, milk);
  void client.mutation(todos.add, { owner: 'bob', text: 'tea' });
  await settle();
  server.socket.open();
  expect(server.take()).toHaveLength(1);

  server.say({ type: 'connected', session: 's', resumed: false, protocol: 1 });
  expect(server.take()).toEqual([
    { type: 'mutation', id: 1, path: 'todos:add', args: milk },
    { type: 'mutation', id: 2, path: 'todos:add', args: { owner: 'bob', text: 'tea' } },
  ]);
});

test('a mutation resolves after watchers show the transition that brings its outcome', async () => {
  const { client, server, settle } = createTestClient();
  const events: unknown[] = [];
  client.watch(todos.list, { owner: 'ann' }, (list) => events.push(list));
  const done = client.mutation(todos.add, milk).then((id) => events.push(id));
  await settle();
  server.greet();
  await settle();
  server.say({
    type: 'transition',
    from: 0,
    to: 1,
    changes: [{ id: 1, value: ['milk'], hash: 'a' }],
    finished: [{ id: 1, value: 'id-1' }],
  });
  await done;

  expect(events).toEqual([['milk'], 'id-1']);
});

test('a mutation that fails rejects with the error of the server', async () => {
  const { client, server, settle } = createTestClient();
  const mutation = client.mutation(todos.add, milk);
  await settle();
  server.greet();
  await settle();
  server.say({
    type: 'transition',
    from: 0,
    to: 0,
    changes: [],
    finished: [{ id: 1, error: { code: 'arguments/invalid', message: 'No.', details: ['text'] } }],
  });

  await expect(mutation).rejects.toMatchObject({ code: 'arguments/invalid', details: ['text'] });
});

test('an error code that only a newer server knows is kept', async () => {
  const { client, server, settle } = createTestClient();
  const mutation = client.mutation(todos.add, milk);
  await settle();
  server.greet();
  await settle();
  server.socket.deliver(
    '{"type":"transition","from":0,"to":0,"changes":[],"finished":[{"id":1,"error":{"code":"moon/full","message":"Howl."}}]}',
  );

  await expect(mutation).rejects.toMatchObject({ code: 'moon/full', message: 'Howl.' });
});

test('an action resolves with its result', async () => {
  const { client, server, settle } = createTestClient();
  const action = client.action(todos.export, { format: 'csv' });
  await settle();
  server.greet();
  await settle();

  expect(server.take().at(-1)).toEqual({ type: 'action', id: 1, path: 'todos:export', args: { format: 'csv' } });
  server.say({ type: 'action-finished', id: 1, value: 'a,b' });
  await expect(action).resolves.toBe('a,b');
});

test('the state counts what is under way', async () => {
  const { client, server, platform, settle } = createTestClient();
  const mutation = client.mutation(todos.add, milk);
  await platform.advance(5);
  const action = client.action(todos.export);
  await settle();
  server.greet();
  await settle();
  expect(client.connectionState()).toMatchObject({ mutationsInFlight: 1, actionsInFlight: 1, oldestCallAt: 1_700_000_000_000 });

  server.say({ type: 'transition', from: 0, to: 1, changes: [], finished: [{ id: 1, value: 'id' }] });
  await mutation;
  expect(client.connectionState()).toMatchObject({ mutationsInFlight: 0, actionsInFlight: 1, oldestCallAt: 1_700_000_000_005 });

  server.say({ type: 'action-finished', id: 1, value: '' });
  await action;
  expect(client.connectionState()).toMatchObject({ actionsInFlight: 0, oldestCallAt: null });
});

test('closing fails what is under way, and everything after it', async () => {
  const { client, server, settle } = createTestClient();
  const mutation = client.mutation(todos.add, milk);
  const action = client.action(todos.export);
  await settle();
  server.greet();
  client.close();

  for (const call of [mutation, action, client.mutation(todos.add, milk)]) {
    expect(await outcomeOf(call)).toMatchObject({ error: { code: 'connection/closed' } });
  }
  expect(server.socket.state).toBe('closed');
  expect(client.connectionState().phase).toBe('closed');
});
