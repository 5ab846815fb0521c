import { createServer, type Server, type Socket, connect } from 'node:net';

/** What goes wrong from now on, for connections that are open, too. */
export type Fault =
  | { readonly type: 'none' }
  /** Nobody listens. */
  | { readonly type: 'refuse' }
  /** What is sent arrives later. */
  | { readonly type: 'delay'; readonly milliseconds: number }
  /** The connection ends when the client has sent something, of which nothing arrives. */
  | { readonly type: 'cut-before' }
  /** The connection ends when the server has begun to answer, of which nothing arrives. */
  | { readonly type: 'cut-after' }
  /** The connection ends in the middle of the answer's first piece. */
  | { readonly type: 'half-answer' }
  /** The server's answers are held back. */
  | { readonly type: 'slow-first-byte'; readonly milliseconds: number }
  /** What is sent arrives; what is answered does not. */
  | { readonly type: 'silent' }
  /** An HTTP status instead of the server's answer; nothing arrives there. */
  | { readonly type: 'status'; readonly status: number };

/** Stands between a client and a server on this machine and breaks what goes through it. HTTP, or whatever else is TCP. */
export class FaultProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #clients = new Set<Socket>();
  #fault: Fault = { type: 'none' };

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async start(target: number): Promise<FaultProxy> {
    const server = createServer();
    const proxy = new FaultProxy(server, await listen(server, 0));
    server.on('connection', (client) => proxy.#join(client, target));
    return proxy;
  }

  async set(fault: Fault): Promise<void> {
    this.#fault = fault;
    if (fault.type === 'refuse') await this.close();
    else if (!this.#server.listening) await listen(this.#server, this.port);
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(client: Socket, target: number): void {
    const server = connect(target, '127.0.0.1');
    this.#clients.add(client);
    // What comes in pieces would wait for the other side's delayed acknowledgement of the first, which is no fault that is asked for.
    for (const socket of [client, server]) socket.setNoDelay();
    client.on('data', (data) => this.#sent(client, server, data));
    server.on('data', (data) => this.#answered(client, data));
    client.on('close', () => {
      this.#clients.delete(client);
      // Half closed, so that what it has sent is still carried out.
      server.end();
    });
    server.on('close', () => client.end());
    client.on('error', () => client.destroy());
    server.on('error', () => client.destroy());
  }

  #sent(client: Socket, server: Socket, data: Buffer): void {
    const fault = this.#fault;
    if (fault.type === 'cut-before') client.destroy();
    else if (fault.type === 'status') client.end(`HTTP/1.1 ${fault.status} Planted\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
    else if (fault.type === 'delay') setTimeout(() => server.write(data), fault.milliseconds);
    else server.write(data);
  }

  #answered(client: Socket, data: Buffer): void {
    const fault = this.#fault;
    if (fault.type === 'cut-after') client.destroy();
    else if (fault.type === 'half-answer') client.write(data.subarray(0, data.length / 2), () => client.destroy());
    else if (fault.type === 'slow-first-byte') setTimeout(() => client.write(data), fault.milliseconds);
    else if (fault.type !== 'silent') client.write(data);
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address.port);
    });
  });
}
