import { createServer } from 'node:net';

/** A port that nobody listens on now. Somebody may take it before you do; then starting on it fails loudly. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('The server has no port.')),
      );
    });
  });
}
