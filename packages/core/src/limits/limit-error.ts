import { BetterBaseError } from '../errors/betterbase-error.ts';
import { type LimitName, type LimitRow, limitTable } from './limit-table.ts';

/**
 * The failure of whoever went over a limit of the project: what was measured, what is allowed, and what to do.
 *
 * @param what says what used too much, and of what: “This query reads 16,777,300 bytes”.
 */
export function overLimit(
  name: LimitName,
  limit: number,
  { measured, what, hint }: { readonly measured: number; readonly what: string; readonly hint: string },
): BetterBaseError {
  const { code, most, unit }: LimitRow = limitTable[name];
  const raise = limit < most ? ` Or raise \`limits.${name}\` in betterbase.config.ts, up to ${most}.` : '';
  return new BetterBaseError(code ?? 'internal/unexpected', `${what}; ${limit} ${unit} are allowed.`, {
    hint: `${hint}${raise}`,
    details: { limit: name, measured, allowed: limit },
  });
}
