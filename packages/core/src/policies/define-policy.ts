/** Row-level security: `betterbase/policies/<name>.policy.ts`. */
import { BetterBaseError } from '../errors/betterbase-error.ts';

/** Each is a condition in SQL; `true` and `false` may be written as they are. */
export interface PolicyRules {
  /** Which rows a user sees. Absent: those that `using` allows. */
  readonly select?: string | boolean;
  /** What a row that a user inserts must be like. */
  readonly insert?: string | boolean;
  /** Which rows a user may change. */
  readonly update?: string | boolean;
  /** Which rows a user may delete. */
  readonly delete?: string | boolean;
  /** Must hold of every row that a user changes or deletes. Without `select` it says which rows a user sees as well. */
  readonly using?: string | boolean;
  /** What every row must be like that a user has inserted or changed. Absent: a changed row is held against `update` and `using`. */
  readonly withCheck?: string | boolean;
}

export const policyRules = ['select', 'insert', 'update', 'delete', 'using', 'withCheck'] as const satisfies readonly (keyof PolicyRules)[];

export interface PolicyDefinition {
  readonly table: string;
  readonly rules: PolicyRules;
}

/** A registered symbol: an app may hold another copy of this package. */
const policyKey = Symbol.for('betterbase.policy');

/**
 * Says who sees and changes which rows of a table through `ctx.db.asUser()`. The default export of a file
 * `betterbase/policies/<name>.policy.ts` or `src/db/policies/<name>.policy.ts`. What no policy allows is denied; where a table
 * has several, one that allows it is enough.
 *
 * @example export default definePolicy('notes', { select: 'auth.uid() = owner', insert: 'auth.uid() = owner' });
 * @throws BetterBaseError `policy/invalid`
 */
export function definePolicy(table: string, rules: PolicyRules): PolicyDefinition {
  if (typeof table !== 'string' || table === '') throw invalid('it needs the name of a table');
  if (typeof rules !== 'object' || rules === null) throw invalid(`that of \`${table}\` says nothing`);
  for (const [rule, condition] of Object.entries(rules)) {
    if (!policyRules.some((each) => each === rule)) throw invalid(`that of \`${table}\` has \`${rule}\`, which means nothing`);
    if (condition !== undefined && typeof condition !== 'string' && typeof condition !== 'boolean')
      throw invalid(`\`${rule}\` of \`${table}\` is no text`);
  }
  return Object.defineProperty({ table, rules }, policyKey, { value: true });
}

export function isPolicy(value: unknown): value is PolicyDefinition {
  return typeof value === 'object' && value !== null && policyKey in value;
}

function invalid(what: string): BetterBaseError {
  return new BetterBaseError('policy/invalid', `A policy is no good: ${what}.`, {
    hint: "Write definePolicy('notes', { select: 'auth.uid() = owner' }), with any of select, insert, update, delete, using and withCheck.",
  });
}
