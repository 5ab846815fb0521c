import { BetterBaseError } from '@betterbase/core';
import { badSql } from '../database/sql-parameters.ts';
import type { SqlScalar } from '../ports/sql-store.ts';

/** A table that a statement names, and the ids of its rows that the caller sees. */
export interface SeenTable {
  readonly name: string;
  readonly ids: readonly string[];
}

export interface GuardedSql {
  readonly sql: string;
  /** To come before the statement's own. */
  readonly params: readonly SqlScalar[];
}

/**
 * Names that would lead past the caller's rows: those of databases, in whatever quotes. Identifiers have no escapes in SQLite, so one
 * that is meant is there in letters.
 */
const past = /(?<![\w$])(?:main|temp)(?![\w$])/i;
/** Parameters with a number or a name would mean others once ours are before them. */
const named = /\?\d|(?<![\w$])[:@$][A-Za-z_]/;
const beginning = /^\s*with\s+(?<recursive>recursive\s+)?/i;

/** The tables of these that a statement may look into: those whose names it has. */
export function tablesIn(sql: string, tables: readonly string[]): string[] {
  const words = new Set(sql.toLowerCase().match(/[\w$]+/g));
  return tables.filter((name) => words.has(name.toLowerCase()));
}

/**
 * The statement with each table's name meaning the rows that are seen: a name in WITH comes before that of a table.
 *
 * @throws BetterBaseError `policy/unsupported`, `query/bad-sql`
 */
export function guardSql(sql: string, seen: readonly SeenTable[]): GuardedSql {
  if (past.test(sql))
    throw new BetterBaseError(
      'policy/unsupported',
      'As a user, a statement cannot have the words `main` and `temp`: they name whole databases.',
      {
        hint: 'Name tables alone, and pass texts as parameters.',
      },
    );
  if (named.test(sql)) throw badSql('as a user, its parameters are `?` alone', 'Write `?` for each, in their order.');
  if (seen.length === 0) return { sql, params: [] };
  const views = seen.map(({ name }) => `"${name}" AS (SELECT * FROM main."${name}" WHERE _id IN (SELECT value FROM json_each(?)))`);
  const own = beginning.exec(sql);
  const recursive = own?.groups?.['recursive'] === undefined ? '' : 'RECURSIVE ';
  const rest = own === null ? ` ${sql}` : `, ${sql.slice(own[0].length)}`;
  return { sql: `WITH ${recursive}${views.join(', ')}${rest}`, params: seen.map(({ ids }) => JSON.stringify(ids)) };
}
