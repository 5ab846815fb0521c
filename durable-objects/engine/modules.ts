/** How a project's code and the platform's runtime are laid out in a dynamic Worker. */
import type { Runtime } from './runtime-text.ts';

export interface ProjectModules {
  readonly mainModule: string;
  readonly modules: Readonly<Record<string, string>>;
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
  /** CPU of one call. Cloudflare ends what uses more; workerd on a developer's machine does not, which is what the watchdog is for. */
  readonly limits: { readonly cpuMs: number };
}

/** The newest behaviour that project code may rely on; raised together with the pinned workerd. */
const compatibilityDate = '2026-10-23';
/** AsyncLocalStorage tells the logs of concurrent actions apart. */
const compatibilityFlags = ['nodejs_als'];

/** Node's modules are there for an app that imports some. */
function flagsFor(app: string): readonly string[] {
  return app.includes('nodeBuiltin') ? ['nodejs_compat'] : compatibilityFlags;
}

/** A turn ends by itself after half of this: what goes on longer is a function that loops. */
const engineLimits = { cpuMs: 10_000 };
const edgeLimits = { cpuMs: 30_000 };

/**
 * Exports the Durable Object class `Engine`. The globals are replaced before the app's module is evaluated, and after all of
 * the platform's that it starts with.
 *
 * @param store where the app's documents rest
 */
export function engineModules(runtime: Runtime, app: string, store: 'embedded' | 'remote'): ProjectModules {
  return {
    mainModule: 'main.js',
    modules: {
      'main.js': `import './sandbox.js'; import { createEngine } from './engine.js'; import { store } from './${store}.js'; import * as app from './app.js'; export class Engine extends createEngine(app, store) {}`,
      'sandbox.js': `import './runtime.js'; import './${store}.js'; import { enterSandbox } from './engine.js'; enterSandbox();`,
      ...runtime.modulesOf('runtime', 'engine', store),
      'app.js': app,
    },
    compatibilityDate,
    compatibilityFlags: flagsFor(app),
    limits: engineLimits,
  };
}

/** Exports the entrypoint `Edge`. */
export function edgeModules(runtime: Runtime, app: string): ProjectModules {
  return {
    mainModule: 'main.js',
    modules: {
      'main.js': "import { createEdge } from './edge.js'; export class Edge extends createEdge(() => import('./app.js')) {}",
      ...runtime.modulesOf('runtime', 'edge'),
      'app.js': app,
    },
    compatibilityDate,
    compatibilityFlags: flagsFor(app),
    limits: edgeLimits,
  };
}
