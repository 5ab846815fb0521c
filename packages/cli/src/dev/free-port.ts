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
  return await new Promise<number>((resolve, reject) => {
    const server = createServer();
    server.once('error', () => freePortLike(0).then(resolve, reject));
    server.listen({ port: wanted, host: '127.0.0.1' }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : wanted));
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
