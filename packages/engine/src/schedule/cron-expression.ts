import { BetterBaseError } from '@betterbase/core';
import { Cron } from 'croner';

/**
 * When a cron job runs after a time, in ms since 1970. Only asked for times, the library sets no timers.
 *
 * @throws BetterBaseError `cron/bad-definition`
 */
export function readExpression(name: string, expression: unknown): (time: number) => number | null {
  let pattern: Cron;
  try {
    pattern = new Cron(String(expression), { utcOffset: 0, mode: '5-part' });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BetterBaseError(
      'cron/bad-definition',
      `Cron job ${JSON.stringify(name)}: ${JSON.stringify(expression)} is no cron expression. ${reason}`,
      {
        hint: 'Five fields: minute, hour, day of the month, month, day of the week. `0 3 * * *` is every night at three, UTC.',
        cause,
      },
    );
  }
  return (time) => {
    // oxlint-disable-next-line eslint/no-restricted-globals -- a conversion: no clock is read.
    const next = pattern.nextRun(new Date(time));
    return next === null ? null : next.getTime();
  };
}
