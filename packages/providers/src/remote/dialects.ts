import type { SqlDialect } from '../sql/dialect.ts';
import { postgres } from '../sql/postgres-dialect.ts';
import { sqliteElsewhere } from '../sql/sqlite-dialect.ts';
import type { OutsideDialect } from './outside/outside-dialect.ts';
import { postgresOutside } from './outside/postgres-outside.ts';
import { sqliteOutside } from './outside/sqlite-outside.ts';
import type { RemoteSql } from './remote-sql.ts';

/** A database that others reach, too. */
export interface RemoteDialect extends SqlDialect {
  readonly outside: OutsideDialect;
  /** Of one statement. D1 has the fewest of those who speak SQLite's. */
  readonly mostParameters: number;
  /** Waits for a commit that is being carried out. Null: whoever writes does. PostgreSQL checks constraints before it waits, on what is old then. */
  readonly awaitCommit: string | null;
}

/** What is said to a driver's database. */
export const dialects: Readonly<Record<RemoteSql['dialect'], RemoteDialect>> = {
  sqlite: { ...sqliteElsewhere, outside: sqliteOutside, mostParameters: 100, awaitCommit: null },
  postgres: { ...postgres, outside: postgresOutside, mostParameters: 30_000, awaitCommit: 'SELECT version FROM _bb_meta FOR UPDATE' },
};
