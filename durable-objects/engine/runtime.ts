/**
 * The entry of `runtime.js`: all of the platform that shares an isolate with a project's code. The project's bundle
 * imports its language from here, and the modules of `modules.ts` its hosts.
 */
import { type AppModule, type GuestScope, type HostGlobals, installGuestGlobals, saveHostGlobals } from '@betterbase/engine';
import { edgeClass } from './edge-entrypoint.ts';
import { engineClass } from './engine-object.ts';

export * from '@betterbase/core/runtime';

// Saved now: when they are called, the names mean the guest's.
const hostSetTimeout = setTimeout;
const hostClearTimeout = clearTimeout;
const scope: GuestScope = {
  Date,
  Math,
  crypto,
  console,
  setTimeout: (callback, ms) => hostSetTimeout(callback, ms),
  clearTimeout: (timer) => hostClearTimeout(timer),
};
let host: HostGlobals | null = null;

/** Takes clock, chance, network and timers from this isolate. Must run before the app's module is evaluated. */
export function enterSandbox(): void {
  host ??= installGuestGlobals(scope, globalThis);
}

/** The class of the engine facet for an app. */
export function createEngine(app: AppModule): ReturnType<typeof engineClass> {
  return engineClass(app, host ?? saveHostGlobals(scope));
}

/** The entrypoint class for actions and HTTP routes of an app. */
export function createEdge(app: AppModule): ReturnType<typeof edgeClass> {
  return edgeClass(app);
}
