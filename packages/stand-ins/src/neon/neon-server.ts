import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import pg from 'pg';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { bodyOf, sendJson, startLoopbackServer } from '../loopback-server.ts';
import type { PostgresServer } from '../postgres/postgres-server.ts';
import { answerSql, reportOf, sqlBody } from './sql-over-http.ts';

export interface NeonOptions {
  /** 0, if nothing is said: the operating system chooses one. */
  readonly port?: number;
}

export interface NeonServer {
  /** For `neon(…)`: HTTP at `/sql`. The host's port is the server's own. */
  readonly connectionString: string;
  /** For `neonConfig.wsProxy`: WebSockets that carry Postgres' own protocol. */
  readonly webSocketAddress: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Neon's doors in front of a Postgres: SQL over HTTP, one query or a transaction of several, and WebSockets.
 *
 * The password is checked over HTTP; over WebSockets Postgres itself does that, which PGlite does not. Does not stop the
 * Postgres behind it.
 */
export async function startNeon(postgres: PostgresServer, { port }: NeonOptions = {}): Promise<NeonServer> {
  const pools = new Pools(postgres);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'POST' || request.url !== '/sql') return sendJson(response, 404, { message: 'not found' });
    const body = sqlBody.safeParse(await bodyOf(request));
    const connection = URL.parse(String(request.headers['neon-connection-string']));
    if (!body.success || connection === null) return sendJson(response, 400, { message: 'This is no request for SQL.' });
    try {
      sendJson(response, 200, await pools.use(connection, (client) => answerSql(client, body.data, request.headers)));
    } catch (error) {
      sendJson(response, 400, reportOf(error));
    }
  };
  const http = await startLoopbackServer(answer, port);
  const sockets = new WebSocketServer({ server: http.server, path: '/v2' });
  sockets.on('connection', (socket) => {
    const near = createWebSocketStream(socket);
    const far = connect(postgres.port, '127.0.0.1');
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => socket.close());
  });
  const { user, password, database } = postgres;
  return {
    connectionString: `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${http.port}/${database}`,
    webSocketAddress: `127.0.0.1:${http.port}/v2`,
    port: http.port,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      await http.close();
      await pools.end();
    },
  };
}

/** Connections to the Postgres behind, kept for each way to sign in. */
class Pools {
  readonly #postgres: PostgresServer;
  readonly #pools = new Map<string, pg.Pool>();

  constructor(postgres: PostgresServer) {
    this.#postgres = postgres;
  }

  async use<T>(connection: URL, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#poolFor(connection).connect();
    try {
      return await work(client);
    } finally {
      client.release();
    }
  }

  async end(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.end()));
  }

  #poolFor({ username, password, pathname }: URL): pg.Pool {
    const given = { user: decodeURIComponent(username), password: decodeURIComponent(password), database: pathname.slice(1) };
    const { port, sessions, checksPasswords } = this.#postgres;
    if (!checksPasswords && (given.user !== this.#postgres.user || given.password !== this.#postgres.password))
      throw new Error(`password authentication failed for user '${given.user}'`);
    const key = JSON.stringify(given);
    const pool = this.#pools.get(key) ?? new pg.Pool({ ...given, host: '127.0.0.1', port, max: sessions });
    // One that is idle and is ended by the server; without a listener that would end the process.
    if (!this.#pools.has(key)) pool.on('error', () => {});
    this.#pools.set(key, pool);
    return pool;
  }
}
