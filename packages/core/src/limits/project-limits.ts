import { BetterBaseError } from '../errors/betterbase-error.ts';
import { isPlainObject } from '../values/value.ts';
import { type LimitName, type LimitRow, limitTable, type ProjectLimits } from './limit-table.ts';

export interface LimitProblem {
  readonly name: string;
  readonly message: string;
}

export function isLimitName(name: string): name is LimitName {
  return Object.hasOwn(limitTable, name);
}

export const limitNames: readonly LimitName[] = Object.keys(limitTable).filter(isLimitName);

/** What holds where a project says nothing. */
export const defaultLimits: ProjectLimits = allLimits((name) => limitTable[name].default);

/** What is wrong with the limits that a project wants; empty when they can be had. */
export function limitProblems(given: { readonly [name: string]: unknown }): LimitProblem[] {
  return Object.entries(given).flatMap(([name, value]) => {
    if (!isLimitName(name)) return [{ name, message: 'is not a limit; is it misspelled?' }];
    const { least, most, unit }: LimitRow = limitTable[name];
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return [];
    return [{ name, message: `must be a whole number of ${unit} from ${least} to ${most}` }];
  });
}

/**
 * The limits that an app brings along; null and undefined: none of its own.
 *
 * @throws BetterBaseError `config/invalid`
 */
export function parseLimits(given: unknown): Partial<ProjectLimits> {
  if (given === undefined || given === null) return {};
  const problems = isPlainObject(given) ? limitProblems(given) : [{ name: 'limits', message: 'must be an object' }];
  if (isPlainObject(given) && problems.length === 0) return given;
  throw new BetterBaseError(
    'config/invalid',
    `The app’s limits cannot be had: ${problems.map(({ name, message }) => `${name} ${message}`).join('; ')}.`,
    {
      hint: 'Change `limits` in betterbase.config.ts.',
      details: problems,
    },
  );
}

/** All limits of an app that sets some. */
export function completeLimits(own: Partial<ProjectLimits> | undefined): ProjectLimits {
  return own === undefined ? defaultLimits : { ...defaultLimits, ...own };
}

function allLimits(valueOf: (name: LimitName) => number): ProjectLimits {
  return Object.fromEntries(limitNames.map((name) => [name, valueOf(name)])) as Record<LimitName, number>;
}
