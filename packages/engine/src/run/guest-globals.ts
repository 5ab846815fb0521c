/**
 * What queries and mutations see of the world: a clock that stands still, chance that is seeded, and no way out.
 *
 * Holds: the run that is going on now, if any. Handlers run one at a time, each to its end, so there is at most one.
 * Installed once in the engine's isolate, before the app's code loads; actions run elsewhere and have the real things.
 */
import { toHex } from '@betterbase/core/bytes';
import { BetterBaseError } from '@betterbase/core';
import { type CryptoRun, guestSubtle } from './guest-subtle.ts';
import type { SeededRandom } from './seeded-random.ts';

export interface GuestRun extends CryptoRun {
  readonly path: string;
  /** Frozen, whole ms. */
  readonly now: number;
  /** Made when it is first asked for: most runs never do. */
  readonly random: () => SeededRandom;
  /** Called when the run looked at time or chance, so that its answer must not be reused for long. */
  readonly onReadClock: () => void;
  readonly log: (level: 'log' | 'info' | 'warn' | 'error' | 'debug', args: readonly unknown[]) => void;
}

let current: GuestRun | null = null;

/** Makes `run` the one whose time, chance and log the globals show; null when none is going on. */
export function enterGuestRun(run: GuestRun | null): void {
  current = run;
}

/** What was read on the run's behalf depends on time or chance. */
export function noteClockRead(): void {
  current?.onReadClock();
}

/** While the app's top-level code runs there is no call: time stands at zero and chance is refused. */
function runOrRefuse(what: string): GuestRun {
  if (current !== null) return current;
  throw new BetterBaseError('function/not-allowed-here', `${what} cannot be used outside a function call.`, {
    hint: 'Move it from the top level of the module into a function.',
  });
}

function refuse(what: string): () => never {
  return () => {
    const where = current === null ? 'At the top level of a module' : `In \`${current.path}\``;
    throw new BetterBaseError(
      'function/not-allowed-here',
      `${where} \`${what}\` was called. Queries and mutations run inside the database: no network, no timers.`,
      {
        hint: 'Do this in an action, and call queries and mutations from there with ctx.runQuery and ctx.runMutation.',
      },
    );
  };
}

/** The real globals that matter here; any runtime's `globalThis` has them. */
export interface GuestScope {
  readonly Date: DateConstructor;
  readonly Math: Math;
  readonly crypto: Crypto;
  readonly console: Console;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: number): void;
}

/** The same objects, saved before they were replaced: for the engine itself. */
export interface HostGlobals {
  readonly now: () => number;
  readonly setTimeout: (callback: () => void, ms: number) => number;
  readonly clearTimeout: (timer: number) => void;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly print: (text: string) => void;
}

/**
 * The globals that app code gets instead of the real ones, by name. Outside of a run they refuse (or, for the clock, stand at
 * zero) if the isolate belongs to the engine alone; in a shared isolate they fall back to the real ones.
 */
export function guestGlobals(scope: GuestScope, host: HostGlobals, isolate: 'own' | 'shared'): Readonly<Record<string, unknown>> {
  const isHost = (): boolean => isolate === 'shared' && current === null;
  const now = (): number => {
    if (isHost()) return host.now();
    current?.onReadClock();
    return current?.now ?? 0;
  };
  const random = (): SeededRandom => {
    const run = runOrRefuse('Chance');
    run.onReadClock();
    return run.random();
  };

  const HostDate = scope.Date;
  const GuestDate = function (this: unknown, ...args: readonly unknown[]): unknown {
    if (new.target === undefined) return new HostDate(now()).toString();
    const instance: unknown = Reflect.construct(HostDate, args.length === 0 ? [now()] : args, new.target);
    return instance;
  };
  Object.setPrototypeOf(GuestDate, HostDate);
  Object.defineProperty(GuestDate, 'prototype', { value: HostDate.prototype });

  const HostMath = scope.Math;
  const hostRandom = HostMath.random;
  const guestMath: unknown = Object.create(HostMath, {
    random: { value: () => (isHost() ? hostRandom.call(HostMath) : random().number()), writable: true, configurable: true },
  });

  const hostCrypto = scope.crypto;
  const crypto = {
    subtle: guestSubtle(hostCrypto.subtle, () => current),
    getRandomValues: <T extends ArrayBufferView<ArrayBuffer>>(view: T): T => {
      const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
      if (isHost()) hostCrypto.getRandomValues(bytes);
      else random().fill(bytes);
      return view;
    },
    randomUUID: () => (isHost() ? hostCrypto.randomUUID() : uuid(random())),
  };

  const console: Record<string, unknown> = { ...scope.console };
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    console[level] = (...args: readonly unknown[]) => {
      // Looked up when it is called: in a shared isolate an action's log has taken its place by then.
      if (current === null) scope.console[level](...args);
      else current.log(level, args);
    };
  }

  return {
    Date: Object.assign(GuestDate, { now, parse: HostDate.parse, UTC: HostDate.UTC }),
    Math: guestMath,
    crypto,
    performance: { now, timeOrigin: 0 },
    console,
    ...Object.fromEntries(closedObjects.map((name) => [name, closedObject(name, Reflect.get(globalThis, name), isHost)])),
    ...Object.fromEntries(forbidden.map((name) => [name, refusing(name, Reflect.get(globalThis, name), isHost)])),
  };
}

const forbidden = [
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'WebSocket',
  'EventSource',
  'XMLHttpRequest',
  'MessageChannel',
] as const;

/** Objects of which no part may be used. */
const closedObjects = ['caches', 'scheduler'] as const;

function closedObject(name: string, real: unknown, isHost: () => boolean): object {
  const refused = refuse(name);
  return new Proxy(
    {},
    {
      get: (_, property) => {
        if (!isHost() || typeof real !== 'object' || real === null) return refused();
        const part: unknown = Reflect.get(real, property);
        if (typeof part !== 'function') return part;
        const bound: unknown = part.bind(real);
        return bound;
      },
    },
  );
}

function refusing(name: string, real: unknown, isHost: () => boolean): (...args: readonly unknown[]) => unknown {
  const refused = refuse(name);
  return function (this: unknown, ...args: readonly unknown[]): unknown {
    if (!isHost() || typeof real !== 'function') return refused();
    return new.target === undefined ? Reflect.apply(real, globalThis, args) : Reflect.construct(real, args);
  };
}

/** Gives this whole isolate to the guest and returns the real globals. Call it once, before the app's module is evaluated. */
export function installGuestGlobals(scope: GuestScope, isolate: object): HostGlobals {
  const host = saveHostGlobals(scope);
  const guest = guestGlobals(scope, host, 'own');
  for (const [name, value] of Object.entries(guest)) {
    Object.defineProperty(isolate, name, { value, writable: true, configurable: true, enumerable: false });
  }
  // The way back to the real clock would be `new Date().constructor`.
  Object.defineProperty(scope.Date.prototype, 'constructor', { value: guest['Date'], writable: true, configurable: true });
  return host;
}

export function saveHostGlobals(scope: GuestScope): HostGlobals {
  const { Date: HostDate, crypto, console } = scope;
  const setTimeout = scope.setTimeout.bind(globalThis);
  const clearTimeout = scope.clearTimeout.bind(globalThis);
  const dateNow = HostDate.now.bind(HostDate);
  const print = console.log.bind(console);
  return {
    now: dateNow,
    setTimeout: (callback, ms) => Number(setTimeout(callback, ms)),
    clearTimeout: (timer) => {
      clearTimeout(timer);
    },
    randomBytes: pooledRandomBytes(crypto),
    print,
  };
}

/** Asking the system for a few bytes costs as much as asking for many; no byte is handed out twice. */
function pooledRandomBytes(crypto: Crypto): (length: number) => Uint8Array {
  const pool = new Uint8Array(4_096);
  let used = pool.length;
  return (length) => {
    if (length > pool.length) return crypto.getRandomValues(new Uint8Array(length));
    if (used + length > pool.length) {
      crypto.getRandomValues(pool);
      used = 0;
    }
    used += length;
    return pool.slice(used - length, used);
  };
}

function uuid(random: SeededRandom): string {
  const bytes = new Uint8Array(16);
  random.fill(bytes);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = toHex(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
