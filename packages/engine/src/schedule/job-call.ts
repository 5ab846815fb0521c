/** What is to run, and when, as an app's function says it: checked. */
import { BetterBaseError, decodeFromJson, encodeToJson, isPlainObject, type Value } from '@betterbase/core';
import { jobLimits } from './job-limits.ts';

/** @throws BetterBaseError `scheduler/bad-time` */
export function checkDelay(delay: unknown): number {
  if (typeof delay === 'number' && Number.isFinite(delay) && delay >= 0) return delay;
  throw badTime(`runAfter needs a number of milliseconds from 0 on and got ${show(delay)}.`, 'For a point in time use runAt.');
}

/** ms since 1970, of a number or a `Date`. @throws BetterBaseError `scheduler/bad-time` */
export function checkTime(timestamp: unknown, now: number): number {
  // A Date of the app's own realm; the engine has none.
  const time: unknown = typeof timestamp === 'object' && timestamp !== null ? Number(timestamp) : timestamp;
  if (typeof time !== 'number' || !Number.isFinite(time))
    throw badTime(`runAt needs a Date or milliseconds since 1970 and got ${show(timestamp)}.`, 'For a delay use runAfter.');
  if (Math.abs(time - now) > jobLimits.farthest)
    throw badTime('A function can be scheduled at most 5 years ahead.', 'Are these milliseconds since 1970?');
  return time;
}

/** A copy that its giver cannot change any more, and its size. @throws BetterBaseError `arguments/invalid`, `arguments/too-large`, `value/unsupported` */
export function copyArguments(path: string, args: unknown): { readonly value: Value; readonly bytes: number } {
  if (!isPlainObject(args)) {
    throw new BetterBaseError('arguments/invalid', `\`${path}\` takes one object of named arguments.`, {
      hint: 'Give {} if there are none.',
    });
  }
  // The encoder refuses whatever is no value.
  const text = encodeToJson(args as Value);
  if (text.length > jobLimits.argumentBytes) {
    throw new BetterBaseError(
      'arguments/too-large',
      `The arguments for \`${path}\` are ${text.length} bytes, and ${jobLimits.argumentBytes} can be scheduled.`,
      {
        hint: 'Store large values in documents and pass their ids.',
      },
    );
  }
  return { value: decodeFromJson(text), bytes: text.length };
}

function badTime(message: string, hint: string): BetterBaseError {
  return new BetterBaseError('scheduler/bad-time', message, { hint });
}

function show(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
