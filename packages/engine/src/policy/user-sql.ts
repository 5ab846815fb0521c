import { badSql } from '../database/sql-parameters.ts';
import type { SeenRows } from '../ports/sql-store.ts';
import type { ReadRange } from '../transaction/read-set.ts';

/** What a statement may see, by table, and all that its answer depends on. */
export interface SeenBy {
  readonly rows: Map<string, SeenRows | null>;
  readonly reads: ReadRange[];
}

/** Parameters with a number or a name would mean others once ours are beside them. */
const named = /\?\d|(?<![\w$])[:@$][A-Za-z_]/;

/** The tables of these that a statement may look into: those whose names it has. Others the store keeps out of its reach. */
export function tablesIn(sql: string, tables: readonly string[]): string[] {
  const words = new Set(sql.toLowerCase().match(/[\w$]+/g));
  return tables.filter((name) => words.has(name.toLowerCase()));
}

/** @throws BetterBaseError `query/bad-sql` */
export function refuseNamedParameters(sql: string): void {
  if (named.test(sql)) throw badSql('as a user, its parameters are `?` alone', 'Write `?` for each, in their order.');
}
