import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import type { PostgresServer } from '../postgres/postgres-server.ts';

export interface PgliteOptions {
  /** Keeps its data; made if it is not there. In memory unless told otherwise. */
  readonly folder?: string;
  /** 0, if nothing is said: the operating system chooses one. */
  readonly port?: number;
  /** What Neon's doors in front of it ask for; it asks for none itself. */
  readonly password?: string;
}

/**
 * PostgreSQL with pgvector in this process, in about three seconds. It is one session: what one connection
 * does in a transaction, all others wait for. What needs real concurrency needs `startPostgres`.
 */
export async function startPglite({ folder, port = 0, password = 'of pglite' }: PgliteOptions = {}): Promise<PostgresServer> {
  const db = await PGlite.create({ extensions: { vector }, ...(folder === undefined ? {} : { dataDir: folder }) });
  const server = new PGLiteSocketServer({ db, port, host: '127.0.0.1', maxConnections: 20 });
  await server.start();
  return {
    port: Number(server.getServerConn().split(':').at(-1)),
    user: 'postgres',
    password,
    database: 'postgres',
    checksPasswords: false,
    sessions: 1,
    stop: async () => {
      await server.stop();
      await db.close();
    },
  };
}
