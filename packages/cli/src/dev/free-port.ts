import { createServer } from 'node:net';
import { BetterBaseError } from '@betterbase/core';

/** @throws BetterBaseError `dev/port-in-use` */
export async function requireFreePort(port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const server = createServer();
    server.once('error', (cause) => reject(inUse(port, cause)));
    server.listen({ port, host }, () => server.close(() => resolve()));
  });
}

/** The wanted port if nobody listens on it, else one that nobody does. */
export async function freePortLike(wanted: number): Promise<number> {
  return (await listenOnce(wanted)) ?? (await listenOnce(0)) ?? wanted;
}

/** Null if it cannot be listened on. */
function listenOnce(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host: '127.0.0.1' }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}

function inUse(port: number, cause: Error): BetterBaseError {
  const isTaken = 'code' in cause && cause.code === 'EADDRINUSE';
  const message = isTaken ? `Port ${port} is in use by another program.` : `Port ${port} cannot be used: ${cause.message}.`;
  return new BetterBaseError('dev/port-in-use', message, {
    hint: `End that program, or choose a port: \`bb dev --port ${port + 1}\`.`,
    cause,
  });
}
