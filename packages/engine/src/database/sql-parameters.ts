import { BetterBaseError } from '@betterbase/core';
import type { SqlScalar } from '../ports/sql-store.ts';

/** Values as SQL takes them: booleans are 1 and 0. @throws BetterBaseError `query/bad-sql` for what SQL has no word for */
export function toSqlParameters(given: unknown): SqlScalar[] {
  if (!Array.isArray(given)) throw badSql('its parameters are no array', 'Write ctx.db.execute("SELECT … WHERE owner = ?", [owner]).');
  return given.map((value: unknown, index) => {
    if (typeof value === 'boolean') return value ? 1 : 0;
    if (value === null || typeof value === 'number' || typeof value === 'string' || value instanceof ArrayBuffer) return value;
    throw badSql(
      `parameter ${index + 1} is ${value === undefined ? 'undefined' : `a ${typeof value}`}`,
      'Parameters are null, numbers, strings, booleans and bytes.',
    );
  });
}

export function badSql(what: string, hint: string): BetterBaseError {
  return new BetterBaseError('query/bad-sql', `This statement cannot be run: ${what}.`, { hint });
}
