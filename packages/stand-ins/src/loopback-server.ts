import { json } from 'node:stream/consumers';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** An HTTP server on this machine. */
export interface LoopbackServer {
  readonly server: Server;
  readonly port: number;
  /** Ends its connections too. */
  close(): Promise<void>;
}

/** @param port 0: the operating system chooses one. */
export async function startLoopbackServer(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  port = 0,
): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  const chosen = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address.port);
    });
  });
  return {
    server,
    port: chosen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = await startLoopbackServer(async (_, response) => void response.end());
  await server.close();
  return server.port;
}

export async function bodyOf(request: IncomingMessage): Promise<unknown> {
  return json(request);
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
