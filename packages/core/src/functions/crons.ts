/** Functions that run again and again: `betterbase/crons.ts`. */
import { BetterBaseError } from '../errors/betterbase-error.ts';
import type { OptionalArgs } from './function-reference.ts';
import type { SchedulableFunctionReference } from './scheduler.ts';

/** When a cron job runs: by the calendar (UTC), or every so many seconds from the deployment on. */
export type CronSchedule = { readonly cron: string } | { readonly seconds: number };

export interface CronJob {
  readonly name: string;
  readonly schedule: CronSchedule;
  readonly function: SchedulableFunctionReference;
  readonly args: object;
}

export type Interval = { readonly seconds: number } | { readonly minutes: number } | { readonly hours: number };
export interface Hourly {
  readonly minuteUTC: number;
}
export interface Daily extends Hourly {
  readonly hourUTC: number;
}
export interface Weekly extends Daily {
  readonly dayOfWeek: DayOfWeek;
}
export interface Monthly extends Daily {
  /** From 1. In shorter months a day that is missing is left out. */
  readonly day: number;
}

const daysOfWeek = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
export type DayOfWeek = (typeof daysOfWeek)[number];

type Add<When> = <Ref extends SchedulableFunctionReference>(name: string, when: When, reference: Ref, ...args: OptionalArgs<Ref>) => void;

/** The cron jobs of an app. Always true: each has a name of its own. */
export class Crons {
  readonly isCrons = true;
  readonly #jobs = new Map<string, CronJob>();

  get jobs(): readonly CronJob[] {
    return [...this.#jobs.values()];
  }

  /** Every so many seconds, minutes or hours, for the first time when it is deployed. */
  readonly interval: Add<Interval> = (name, every, reference, ...[args]) => {
    const unit = 'seconds' in every ? every.seconds : 'minutes' in every ? every.minutes * 60 : every.hours * 3_600;
    if (!Number.isSafeInteger(unit) || unit < 1)
      throw badCron(name, 'An interval is a whole number of seconds, minutes or hours, from 1 on.');
    this.add({ name, schedule: { seconds: unit }, function: reference, args: args ?? {} });
  };

  readonly hourly: Add<Hourly> = (name, { minuteUTC }, reference, ...[args]) => {
    this.add({ name, schedule: { cron: `${within(name, 'minuteUTC', minuteUTC, 0, 59)} * * * *` }, function: reference, args: args ?? {} });
  };

  readonly daily: Add<Daily> = (name, when, reference, ...[args]) => {
    this.add({ name, schedule: { cron: `${timeOfDay(name, when)} * * *` }, function: reference, args: args ?? {} });
  };

  readonly weekly: Add<Weekly> = (name, when, reference, ...[args]) => {
    const day = daysOfWeek.indexOf(when.dayOfWeek);
    if (day < 0) throw badCron(name, `dayOfWeek is one of ${daysOfWeek.join(', ')}.`);
    this.add({ name, schedule: { cron: `${timeOfDay(name, when)} * * ${day}` }, function: reference, args: args ?? {} });
  };

  readonly monthly: Add<Monthly> = (name, when, reference, ...[args]) => {
    const day = within(name, 'day', when.day, 1, 31);
    this.add({ name, schedule: { cron: `${timeOfDay(name, when)} ${day} * *` }, function: reference, args: args ?? {} });
  };

  /** By an expression of five fields (minute, hour, day, month, day of the week), in UTC. */
  readonly cron: Add<string> = (name, expression, reference, ...[args]) => {
    this.add({ name, schedule: { cron: expression }, function: reference, args: args ?? {} });
  };

  /** @throws BetterBaseError `cron/bad-definition` */
  add(job: CronJob): void {
    if (typeof job.name !== 'string' || job.name === '' || job.name.length > 256)
      throw badCron(job.name, 'A cron job has a name of 1 to 256 characters.');
    if (this.#jobs.has(job.name)) throw badCron(job.name, 'Another cron job has this name.');
    this.#jobs.set(job.name, job);
  }
}

/**
 * The cron jobs of an app, to be filled and exported as default from `betterbase/crons.ts`.
 *
 * @example
 * const crons = cronJobs();
 * crons.daily('clean up', { hourUTC: 3, minuteUTC: 0 }, internal.messages.deleteOld, { days: 30 });
 * export default crons;
 */
export function cronJobs(): Crons {
  return new Crons();
}

const registered = new Crons();

/**
 * Adds a cron job without an object to export: enough of `betterbase/cron.ts` that calls it.
 *
 * @throws BetterBaseError `cron/bad-definition`
 */
export function cron<Ref extends SchedulableFunctionReference>(
  name: string,
  expression: string,
  reference: Ref,
  ...[args]: OptionalArgs<Ref>
): CronJob {
  const job: CronJob = { name, schedule: { cron: expression }, function: reference, args: args ?? {} };
  registered.add(job);
  return job;
}

/** What `cron(…)` has added. */
function getCronJobs(): readonly CronJob[] {
  return registered.jobs;
}

/**
 * The cron jobs that a module defines: what it exports as default, or what `cron(…)` has added.
 * Called by the app's entry with its `crons.ts` or `cron.ts`.
 */
export function cronsOf(module: { readonly default?: unknown }): unknown {
  const { default: given } = module;
  const isGiven = Array.isArray(given) || (typeof given === 'object' && given !== null && 'isCrons' in given);
  return isGiven ? given : getCronJobs();
}

function timeOfDay(name: string, { hourUTC, minuteUTC }: Daily): string {
  return `${within(name, 'minuteUTC', minuteUTC, 0, 59)} ${within(name, 'hourUTC', hourUTC, 0, 23)}`;
}

function within(name: string, field: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw badCron(name, `${field} is a whole number from ${least} to ${most}.`);
}

function badCron(name: string, problem: string): BetterBaseError {
  return new BetterBaseError('cron/bad-definition', `Cron job ${JSON.stringify(name)}: ${problem}`);
}
