/** The cron jobs that an app defines, checked, and when each of them runs. */
import { BetterBaseError, encodeToJson, getFunctionName, isPlainObject, parseFunctionPath, type Value } from '@betterbase/core';
import type { FunctionRegistry } from '../run/function-registry.ts';
import { onFirstUse } from '../run/on-first-use.ts';
import { copyArguments } from './job-call.ts';

/** A module of its own: most isolates never need it. */
const expressions = onFirstUse(() => import('./cron-expression.ts'));
type ReadExpression = Awaited<ReturnType<typeof expressions>>['readExpression'];

export interface CronDefinition {
  readonly name: string;
  readonly path: string;
  readonly args: Value;
  /** Changes with function, arguments and schedule: a run that waits for another definition is replaced. */
  readonly identity: string;
  /** When it runs for the first time after `now`; an interval at once. */
  readonly first: (now: number) => number | null;
  /** The time of the run that follows one at `time`. */
  readonly after: (time: number) => number | null;
}

/**
 * @param given the default export of `crons.ts`: what `cronJobs()` made, a list of cron jobs, or null.
 * @throws BetterBaseError `cron/bad-definition`, `function/not-found`, `function/wrong-kind`
 */
export async function readCrons(
  given: unknown,
  registry: Pick<FunctionRegistry, 'findSchedulable'>,
): Promise<ReadonlyMap<string, CronDefinition>> {
  if (given === undefined || given === null) return new Map();
  const jobs: unknown = Array.isArray(given)
    ? given
    : typeof given === 'object' && 'isCrons' in given && 'jobs' in given
      ? given.jobs
      : null;
  if (!Array.isArray(jobs)) {
    throw new BetterBaseError('cron/bad-definition', 'betterbase/crons.ts does not export cron jobs.', {
      hint: 'Write const crons = cronJobs(); crons.daily(…); export default crons;',
    });
  }
  if (jobs.length === 0) return new Map();
  const { readExpression } = await expressions();
  const definitions = jobs.map((job: unknown) => readCron(job, registry, readExpression));
  return new Map(definitions.map((definition) => [definition.name, definition]));
}

function readCron(job: unknown, registry: Pick<FunctionRegistry, 'findSchedulable'>, toTimes: ReadExpression): CronDefinition {
  if (!isPlainObject(job) || typeof job['name'] !== 'string')
    throw new BetterBaseError('cron/bad-definition', 'betterbase/crons.ts has a cron job without a name.');
  const { name, schedule, args } = job;
  const path = parseFunctionPath(getFunctionName(job['function']));
  registry.findSchedulable(path);
  const { value } = copyArguments(path, args);
  const identity = JSON.stringify([path, schedule, encodeToJson(value)]);
  return { name, path, args: value, identity, ...readSchedule(name, schedule, toTimes) };
}

function readSchedule(name: string, schedule: unknown, toTimes: ReadExpression): Pick<CronDefinition, 'first' | 'after'> {
  if (isPlainObject(schedule) && typeof schedule['seconds'] === 'number') {
    const interval = schedule['seconds'] * 1_000;
    return { first: (now) => now, after: (time) => time + interval };
  }
  const expression = isPlainObject(schedule) ? schedule['cron'] : null;
  const after = toTimes(name, expression);
  return { first: after, after };
}
