import type { SqlDialect } from '../sql/dialect.ts';
import { postgres } from '../sql/postgres-dialect.ts';
import { sqliteElsewhere } from '../sql/sqlite-dialect.ts';
import type { RemoteSql } from './remote-sql.ts';

/** What is said to a driver's database. */
export const dialects: Readonly<Record<RemoteSql['dialect'], SqlDialect>> = { sqlite: sqliteElsewhere, postgres };
