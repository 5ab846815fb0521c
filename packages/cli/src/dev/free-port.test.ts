import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePortLike, requireFreePort } from './free-port.ts';

test('a port that another program has is refused with the next one', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  await expect(requireFreePort(port, '127.0.0.1')).rejects.toMatchObject({
    code: 'dev/port-in-use',
    message: `Port ${port} is in use by another program.`,
    hint: expect.stringContaining(`--port ${port + 1}`),
  });
});

test('a free port is fine', async () => {
  await expect(requireFreePort(0, '127.0.0.1')).resolves.toBeUndefined();
});

test('who wants a port that is taken gets another', async () => {
  const free = await freePortLike(0);
  const server = createServer().listen(free, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');

  expect(await freePortLike(free)).not.toBe(free);
});
