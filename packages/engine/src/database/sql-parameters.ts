import { BetterBaseError, fixedLimits, overFixedLimit } from '@betterbase/core';
import type { SqlScalar } from '../ports/sql-store.ts';

/** What the platform takes of a statement; it would refuse more in words of its own. @throws BetterBaseError `limit/sql-text`, `limit/sql-parameters` */
export function checkStatementSize(sql: string, params: readonly unknown[]): void {
  const { sqlText, sqlParameters } = fixedLimits;
  // Bytes are at least as many as characters, and at most three times.
  const bytes = sql.length * 3 <= sqlText.value ? sql.length : new TextEncoder().encode(sql).length;
  if (bytes > sqlText.value)
    throw overFixedLimit(
      'sqlText',
      bytes,
      `This statement has ${bytes} bytes`,
      'Pass values as parameters; pass lists as one JSON text, read with json_each(?).',
    );
  if (params.length > sqlParameters.value)
    throw overFixedLimit(
      'sqlParameters',
      params.length,
      `This statement has ${params.length} parameters`,
      'Pass lists as one JSON text, read with json_each(?).',
    );
}

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
