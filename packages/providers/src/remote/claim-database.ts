/** Whose database this is: two projects in one would each find the other's documents. */
import { type RemoteSql, RemoteSqlError, type RemoteStatement } from './remote-sql.ts';

export interface DatabaseClaim {
  /** For people. */
  readonly project: string;
  /** The same for every claim of one project, and for no other's, whatever it is called and wherever it runs. */
  readonly owner: string;
}

const table = '_bb_owner';

const whose: RemoteStatement = { sql: `SELECT project, owner FROM ${table}`, params: [] };

/** Takes a database that is nobody's. Returns whose it is now. @throws RemoteSqlError */
export async function claimDatabase(sql: RemoteSql, { project, owner }: DatabaseClaim): Promise<DatabaseClaim> {
  const results = await sql.batch(
    [
      {
        sql: `CREATE TABLE IF NOT EXISTS ${table} (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), project TEXT NOT NULL, owner TEXT NOT NULL)`,
        params: [],
      },
      {
        sql: `INSERT INTO ${table} (only_one, project, owner) VALUES (1, ?, ?) ON CONFLICT (only_one) DO NOTHING`,
        params: [project, owner],
      },
      whose,
    ],
    'write',
  );
  const [holder, key] = results[2]?.rows[0] ?? [];
  return { project: String(holder), owner: String(key) };
}

/** Whose it is; null when it is nobody's. Changes nothing. @throws RemoteSqlError */
export async function findOwner(sql: RemoteSql): Promise<DatabaseClaim | null> {
  try {
    const [found] = await sql.batch([whose], 'read');
    const [row] = found?.rows ?? [];
    return row === undefined ? null : { project: String(row[0]), owner: String(row[1]) };
  } catch (error) {
    if (error instanceof RemoteSqlError && error.failure.kind === 'refused' && noTable.test(error.message)) return null;
    throw error;
  }
}

/** In SQLite's words, and in PostgreSQL's. */
const noTable = /no such table|relation .* does not exist/;
