/**
 * The entry of `runtime.js`: all of the platform that shares an isolate with a project's code. The project's bundle
 * imports its language from here, and the modules of `modules.ts` its hosts.
 */
import { env } from 'cloudflare:workers';
import { type AppModule, type HostGlobals, installGuestGlobals, saveHostGlobals } from '@betterbase/engine';
import { type AppSource, edgeClass } from './edge-entrypoint.ts';
import { engineClass } from './engine-object.ts';
import { installProcess } from './guest-process.ts';
import { hostScope } from './host-scope.ts';
import { enterEngine } from './node-modules.ts';

export * from '@betterbase/core/runtime';
export { nodeBuiltin } from './node-modules.ts';

let host: HostGlobals | null = null;

/** Gives this isolate to the app: its environment is there, and clock, chance, network and timers are not. Must run before the app's module is evaluated. */
export function enterSandbox(): void {
  installProcess(env, { keepsNode: false });
  enterEngine();
  host ??= installGuestGlobals(hostScope, globalThis);
}

/** The class of the engine facet for an app. */
export function createEngine(app: AppModule): ReturnType<typeof engineClass> {
  return engineClass(app, host ?? saveHostGlobals(hostScope));
}

/** The entrypoint class for actions and HTTP routes of an app. */
export function createEdge(app: AppSource): ReturnType<typeof edgeClass> {
  installProcess(env, { keepsNode: true });
  return edgeClass(app);
}
