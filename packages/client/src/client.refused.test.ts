import { type ErrorCode, errorCodes } from '@betterbase/core';
import type { ServerMessage } from '@betterbase/protocol';
import { expect, test } from 'vitest';
import { createTestClient, outcomeOf } from '../test/test-client.ts';
import { todos } from '../test/todos.ts';

/** As the server ends a connection. */
function fatal(code: ErrorCode, message: string): ServerMessage {
  return { type: 'fatal', error: { code, message }, retry: errorCodes[code].retry };
}

const milk = { owner: 'ann', text: 'milk' };

test.each<[ErrorCode]>([['protocol/version-unsupported'], ['auth/bad-key'], ['protocol/bad-message']])(
  '%s ends everything: trying again cannot help',
  async (code) => {
    const { client, server, platform, settle } = createTestClient();
    const watched = client.watch(todos.count, {}, undefined, () => {});
    const mutation = client.mutation(todos.add, milk);
    const action = client.action(todos.export);
    await settle();
    server.socket.open();
    server.say(fatal(code, 'No.'));
    server.socket.cut();
    await platform.advance(60_000);

    expect(server.sockets).toHaveLength(1);
    expect(client.connectionState()).toMatchObject({ phase: 'stopped', error: { code } });
    expect(watched.current()).toMatchObject({ status: 'error', error: { code } });
    for (const call of [mutation, action, client.mutation(todos.add, milk)])
      expect(await outcomeOf(call)).toMatchObject({ error: { code } });
    expect(client.observe(todos.list, { owner: 'ann' }).current().status).toBe('loading');
    expect(client.watch(todos.list, { owner: 'ann' }, undefined, () => {}).current()).toMatchObject({ error: { code } });
  },
);

test.each<[ErrorCode]>([
  ['limit/overloaded'],
  ['engine/unavailable'],
  ['project/not-found'],
  ['project/not-deployed'],
  ['internal/unexpected'],
  ['session/too-slow'],
])('%s is tried again, after more than the usual pause', async (code) => {
  const { client, server, platform, settle } = createTestClient();
  const mutation = client.mutation(todos.add, milk);
  await settle();
  server.greet('s1');
  await settle();
  server.say(fatal(code, 'Not now.'));
  await platform.advance(1000);
  expect(server.sockets).toHaveLength(1);

  await platform.advance(250);
  server.greet('s1', true);
  server.say({ type: 'transition', from: 0, to: 1, changes: [], finished: [{ id: 1, value: 'id' }] });
  await expect(mutation).resolves.toBe('id');
});

test('a page that was opened before the first deployment needs no reload when it comes', async () => {
  const { client, server, platform, settle } = createTestClient();
  const watched = client.watch(todos.count, {}, undefined, () => {});
  await settle();
  for (let attempt = 0; attempt < 6; attempt++) {
    server.socket.open();
    server.say(fatal('project/not-found', 'There is no project yet.'));
    await platform.advance(60_000);
  }
  expect(watched.current().status).toBe('loading');

  server.greet('s1');
  await settle();
  server.say({ type: 'transition', from: 0, to: 1, changes: [{ id: 1, value: 3, hash: 'h' }], finished: [] });

  expect(watched.current()).toMatchObject({ status: 'success', data: 3 });
  expect(client.connectionState()).toMatchObject({ phase: 'connected', error: null });
});

test.each<[ErrorCode]>([['session/expired'], ['session/replaced']])('%s is followed by another session', async (code) => {
  const { client, server, platform, settle } = createTestClient();
  const mutation = client.mutation(todos.add, milk);
  await settle();
  server.greet('s1');
  await settle();
  server.say(fatal(code, 'Over.'));

  expect(await outcomeOf(mutation)).toMatchObject({ error: { code: 'session/expired' } });
  await platform.advance(1250);
  server.socket.open();
  expect(server.take()[0]).toMatchObject({ type: 'connect', session: null });
});

test('a server that speaks another version ends everything', async () => {
  const { client, server, platform, settle } = createTestClient();
  client.watch(todos.count, {}, undefined, () => {});
  await settle();
  server.socket.open();
  server.say({ type: 'connected', session: 's', resumed: false, protocol: 2 });
  await platform.advance(60_000);

  expect(server.sockets).toHaveLength(1);
  expect(client.connectionState().error).toMatchObject({
    code: 'protocol/version-unsupported',
    hint: expect.stringContaining('update @betterbase/client'),
  });
});

test.each([
  ['no message', 'hello'],
  ['bytes', new ArrayBuffer(4)],
  ['a transition before the greeting', '{"type":"transition","from":0,"to":0,"changes":[],"finished":[]}'],
])('%s from the server is reported, and followed by a new connection', async (_name, data) => {
  const { client, server, platform, settle } = createTestClient();
  client.watch(todos.count, {});
  await settle();
  server.socket.open();
  server.socket.deliver(data);

  expect(platform.reports).toMatchObject([{ code: 'protocol/bad-message' }]);
  await platform.advance(1250);
  expect(server.sockets).toHaveLength(2);
});

test('a result that cannot be read is asked for again, and its mutation is not lost', async () => {
  const { client, server, platform, settle } = createTestClient();
  const mutation = client.mutation(todos.add, milk);
  await settle();
  server.greet('s1');
  await settle();
  server.say({ type: 'transition', from: 0, to: 1, changes: [], finished: [{ id: 1, value: { $integer: 'no' } }] });
  await platform.advance(1250);
  server.greet('s1', true);
  await settle();
  server.say({ type: 'transition', from: 0, to: 1, changes: [], finished: [{ id: 1, value: 'id' }] });

  expect(platform.reports).toMatchObject([{ code: 'value/bad-encoding' }]);
  await expect(mutation).resolves.toBe('id');
});

test('refetch fails with the reason when the client has stopped', async () => {
  const { client, server, settle } = createTestClient();
  const watched = client.watch(todos.count, {}, undefined, () => {});
  await settle();
  const early = watched.refetch();
  server.socket.open();
  server.say(fatal('auth/bad-key', 'No.'));

  await expect(early).rejects.toMatchObject({ code: 'auth/bad-key' });
  await expect(watched.refetch()).rejects.toMatchObject({ code: 'auth/bad-key' });
});
