import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { freePort } from '../../process/free-port.ts';
import type { PostgresServer } from './postgres-server.ts';

/**
 * PostgreSQL with pgvector in this process, in memory, in about three seconds. It is one session: what one connection
 * does in a transaction, all others wait for. What needs real concurrency needs `startPostgres`.
 */
export async function startPglite(): Promise<PostgresServer> {
  const db = await PGlite.create({ extensions: { vector } });
  const port = await freePort();
  const server = new PGLiteSocketServer({ db, port, host: '127.0.0.1', maxConnections: 20 });
  await server.start();
  return {
    port,
    user: 'postgres',
    password: 'of pglite',
    database: 'postgres',
    checksPasswords: false,
    sessions: 1,
    stop: async () => {
      await server.stop();
      await db.close();
    },
  };
}
