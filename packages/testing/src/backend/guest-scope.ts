/**
 * Gives code inside queries and mutations the globals that it has when it is deployed (a clock that stands still, no
 * network, no timers), while the test around it keeps the real ones, or the fake ones it has put in their place.
 *
 * Holds: which async calls are inside. Installed on the first use; what a test assigns to a global later still counts.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { guestGlobals, type HostGlobals } from '@betterbase/engine';
import { testHost } from './test-host.ts';

const inside = new AsyncLocalStorage<true>();
const real = new Map<string, unknown>();

/** Runs work of the engine: what handlers see in it is the guest's. */
export async function runInside<T>(work: () => Promise<T>): Promise<T> {
  if (real.size === 0) install(engineHost());
  return await inside.run(true, work);
}

/** The engine's own clock, chance and timers: the test's time, but real timers, so that faked ones do not stop it. */
export function engineHost(): HostGlobals {
  return testHost(() => {
    const date = real.get('Date') ?? Date;
    return isClock(date) ? date.now() : 0;
  });
}

function install(host: HostGlobals): void {
  const guest = guestGlobals({ Date, Math, crypto, console, setTimeout: host.setTimeout, clearTimeout: host.clearTimeout }, host, 'own');
  for (const [name, value] of Object.entries(guest)) {
    const was = Object.getOwnPropertyDescriptor(globalThis, name);
    if (was?.configurable === false) continue;
    real.set(name, Reflect.get(globalThis, name));
    Object.defineProperty(globalThis, name, {
      get: () => (inside.getStore() === true ? value : real.get(name)),
      set: (assigned: unknown) => {
        real.set(name, assigned);
      },
      configurable: true,
      enumerable: was?.enumerable ?? false,
    });
  }
}

function isClock(value: unknown): value is DateConstructor {
  return typeof value === 'function' && 'now' in value;
}
