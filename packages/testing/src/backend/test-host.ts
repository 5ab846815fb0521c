import { randomBytes } from 'node:crypto';
import { clearTimeout, setTimeout } from 'node:timers';
import type { HostGlobals } from '@betterbase/engine';

const timers = new Map<number, NodeJS.Timeout>();

/** What an engine in a test lives on. Its timers come from Node itself: fake timers of a test do not reach them. */
export function testHost(now: () => number): HostGlobals {
  return {
    now,
    setTimeout: (callback, ms) => {
      const timer = setTimeout(() => {
        timers.delete(Number(timer));
        callback();
      }, ms);
      timers.set(Number(timer), timer);
      return Number(timer);
    },
    clearTimeout: (timer) => {
      clearTimeout(timers.get(timer));
      timers.delete(timer);
    },
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
    print: () => undefined,
  };
}
