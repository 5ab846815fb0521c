/** Whose database this is: two projects in one would each find the other's documents. */
import type { RemoteSql } from './remote-sql.ts';

export interface DatabaseClaim {
  /** For people. */
  readonly project: string;
  /** The same for every claim of one project, and for no other's, whatever it is called and wherever it runs. */
  readonly owner: string;
}

const table = '_bb_owner';

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
      { sql: `SELECT project, owner FROM ${table}`, params: [] },
    ],
    'write',
  );
  const [holder, key] = results[2]?.rows[0] ?? [];
  return { project: String(holder), owner: String(key) };
}
