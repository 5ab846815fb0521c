import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { HttpConnection } from './http-connection.ts';

let server: Server | null = null;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function connectTo(listener: RequestListener): Promise<HttpConnection> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return HttpConnection.open(new URL(`http://127.0.0.1:${address.port}`));
}

test('one connection carries request after request', async () => {
  const connection = await connectTo((request, response) => {
    response.setHeader('content-length', String(request.url).length);
    response.end(request.url);
  });

  const answers = [
    await connection.send({ method: 'GET', path: '/a' }),
    await connection.send({ method: 'POST', path: '/bc', body: '{}' }),
  ];

  expect(answers.map(({ status, body }) => `${status} ${body.toString()}`)).toEqual(['200 /a', '200 /bc']);
});

test('an answer in chunks is joined, however it is cut', async () => {
  const parts = ['x'.repeat(70_000), 'é', '0\r\n\r\n', 'end'];
  const connection = await connectTo((_, response) => {
    for (const part of parts) response.write(part);
    response.end();
  });

  const { body } = await connection.send({ method: 'GET', path: '/' });

  expect(body.toString()).toBe(parts.join(''));
});

test('a connection that the server drops fails the request that waits on it', async () => {
  const connection = await connectTo((request) => request.socket.destroy());

  await expect(connection.send({ method: 'GET', path: '/' })).rejects.toThrow('closed the connection');
});
