import { BetterBaseError, type SqlParameter } from '@betterbase/core';

/** What Drizzle binds, as `ctx.db.execute` takes it. @throws BetterBaseError `query/bad-sql` for what SQL has no word for */
export function toParameter(value: unknown): SqlParameter {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return toInteger(value);
    default:
      if (value === null || value instanceof ArrayBuffer) return value;
      throw new BetterBaseError('query/bad-sql', `This statement cannot be run: a value in it is ${describe(value)}.`, {
        hint: 'Give columns what their fields hold; SQL itself knows null, numbers, strings, booleans and bytes.',
      });
  }
}

/** @throws BetterBaseError `query/bad-sql` beyond 2^53, where SQL would keep another number */
export function toInteger(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new BetterBaseError('query/bad-sql', `This statement cannot be run: ${value} is beyond what SQL keeps exactly.`, {
    hint: 'Write such integers with ctx.db.insert and ctx.db.patch.',
  });
}

function describe(value: unknown): string {
  return value === undefined ? 'undefined' : value instanceof Date ? 'a Date' : `of type ${typeof value}`;
}
