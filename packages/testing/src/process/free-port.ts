import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A port that nobody listens on now. Somebody may take it before you do; then starting on it fails loudly. */
export async function freePort(): Promise<number> {
  return listenOnce(0);
}

/** Waits until whoever listened on the port has let go of it. */
export async function untilFree(port: number, milliseconds = 10_000): Promise<void> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    try {
      await listenOnce(port);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('The server has no port.')),
      );
    });
  });
}
