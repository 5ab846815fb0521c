import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** The way from clients to a server, which a test can cut, and lead to another server. */
export class Network {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;
  url = '';

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (client) => {
      const upstream = connect(this.#port, '127.0.0.1');
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        this.#sockets.add(one);
        one.pipe(other);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
    });
  }

  static async open(): Promise<Network> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const network = new Network(server);
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The network has no port.');
    network.url = `http://127.0.0.1:${address.port}`;
    return network;
  }

  leadTo(url: string): void {
    this.#port = Number(new URL(url).port);
  }

  /** Without a goodbye, as a cable that is pulled. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}
