import type { RuntimeEnv } from './runtime-env.ts';

/**
 * Gives this isolate's code `process.env`: the project's values, and nothing of the platform's. Must run before the app's
 * module is evaluated. What else Node's `process` has stays with `keepsNode`, if the isolate has Node at all. An app that is compiled into the Worker shares the Worker's own.
 */
export function installProcess({ VALUES }: RuntimeEnv, { keepsNode }: { readonly keepsNode: boolean }): void {
  if (VALUES === undefined) return;
  const environment = Object.freeze({ NODE_ENV: 'production', ...VALUES });
  const { process } = globalThis as { readonly process?: object };
  if (keepsNode && process !== undefined) {
    Reflect.set(process, 'env', environment);
    return;
  }
  Object.defineProperty(globalThis, 'process', {
    value: Object.freeze({ env: environment }),
    writable: true,
    configurable: true,
    enumerable: false,
  });
}
