/** The client on the sockets of the platform, against a real server. */
import type { AddressInfo } from 'node:net';
import { type ClientMessage, pingFrame, pongFrame, type ServerMessage } from '@betterbase/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws';
import { todos } from '../test/todos.ts';
import { createClient } from './index.ts';

/** A server on a free port that counts mutations and answers one query with their number. */
async function startServer(): Promise<{ readonly url: string; readonly sockets: Set<ServerSocket>; readonly paths: string[] }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  const sockets = new Set<ServerSocket>();
  const paths: string[] = [];
  let count = 0;
  server.on('connection', (socket, request) => {
    sockets.add(socket);
    paths.push(request.url ?? '');
    let version = 0;
    const say = (message: ServerMessage): void => socket.send(JSON.stringify(message));
    socket.on('message', (data: Buffer) => {
      if (data.toString() === pingFrame) return socket.send(pongFrame);
      const message = JSON.parse(data.toString()) as ClientMessage;
      if (message.type === 'connect') say({ type: 'connected', session: 's', resumed: message.session === 's', protocol: 1 });
      if (message.type === 'mutation') count += 1;
      if (message.type !== 'watch' && message.type !== 'mutation') return undefined;
      const from = version;
      version += 1;
      const finished = message.type === 'mutation' ? [{ id: message.id, value: `id-${count}` }] : [];
      return say({ type: 'transition', from, to: version, changes: [{ id: 1, value: count, hash: `${count}` }], finished });
    });
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.terminate();
    server.close();
  });
  // A server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/p/shop`, sockets, paths };
}

test('watching, calling, and going on after the connection is broken', async () => {
  const { url, sockets, paths } = await startServer();
  const client = createClient({ url, key: 'a key' });
  onTestFinished(() => client.close());
  const counts: number[] = [];
  const counted = Promise.withResolvers<void>();
  client.watch(todos.count, {}, (count) => {
    counts.push(count);
    if (count === 2) counted.resolve();
  });

  await expect(client.mutation(todos.add, { owner: 'ann', text: 'milk' })).resolves.toBe('id-1');
  for (const socket of sockets) socket.terminate();
  await expect(client.mutation(todos.add, { owner: 'ann', text: 'tea' })).resolves.toBe('id-2');
  await counted.promise;

  expect(counts).toEqual([0, 1, 2]);
  expect(paths).toEqual(['/p/shop/realtime?key=a%20key', '/p/shop/realtime?key=a%20key']);
  expect(client.connectionState()).toMatchObject({ phase: 'connected', connections: 2 });
});

test('a server that is not there is tried again', async () => {
  const client = createClient({ url: 'http://127.0.0.1:1/p/shop' });
  onTestFinished(() => client.close());
  const isWaiting = Promise.withResolvers<void>();
  client.onConnectionState(({ retries }) => {
    if (retries === 2) isWaiting.resolve();
  });
  client.watch(todos.count, {});

  await isWaiting.promise;
  expect(client.connectionState()).toMatchObject({ hasEverConnected: false, error: null });
});
