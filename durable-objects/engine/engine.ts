/** The entry of `engine.js`: what runs a project's queries and mutations, but for the store of their documents. */
import { env } from 'cloudflare:workers';
import { type AppModule, type HostGlobals, installGuestGlobals, saveHostGlobals } from '@betterbase/engine';
import { engineClass } from './engine-object.ts';
import type { StoreKind } from './engine-store.ts';
import { installProcess } from './guest-process.ts';
import { hostScope } from './host-scope.ts';
import { enterEngine } from './node-modules.ts';

let host: HostGlobals | null = null;

/**
 * Gives this isolate to the app: its environment is there, and clock, chance, network and timers are not. Must run before
 * the app's module is evaluated, and after all of the platform's.
 */
export function enterSandbox(): void {
  installProcess(env, { keepsNode: false });
  enterEngine();
  host ??= installGuestGlobals(hostScope, globalThis);
}

/** The class of the engine facet for an app. */
export function createEngine(app: AppModule, store: StoreKind): ReturnType<typeof engineClass> {
  return engineClass(app, host ?? saveHostGlobals(hostScope), store);
}
