import type { EngineDoor } from '@betterbase/engine';
import type { PassedDatabase } from '@betterbase/providers';
import type { ProjectModules } from '../../engine/modules.ts';
import { type EngineFacet, withDatabase } from '../../engine/engine-facet.ts';
import type { EngineHost } from './engine-host.ts';

const facet = 'engine';

export interface LoaderHostParts {
  readonly facets: Pick<DurableObjectFacets, 'get' | 'abort'>;
  readonly loader: Pick<WorkerLoader, 'get'>;
  /** Names the isolate; equal names share one. */
  readonly isolateName: (deployment: string) => string;
  /** @throws when the deployment's code is not kept */
  readonly modules: (deployment: string) => ProjectModules;
  /** Project code can read all of it. */
  readonly env: (deployment: string) => object;
  /** Makes ways to where the deployment's documents rest; null: beside the engine. */
  readonly database: (deployment: string) => (() => PassedDatabase) | null;
}

/** The engine as a facet of the project's object, its class loaded with the project's code. No network. */
export class LoaderHost implements EngineHost {
  readonly #parts: LoaderHostParts;

  constructor(parts: LoaderHostParts) {
    this.#parts = parts;
  }

  start(deployment: string): EngineDoor {
    const { facets, loader, isolateName, modules, env, database } = this.#parts;
    const load = (): WorkerLoaderWorkerCode => toWorkerCode(modules(deployment), { env: env(deployment), globalOutbound: null });
    const stub = facets.get(facet, () => ({ class: loader.get(isolateName(deployment), load).getDurableObjectClass('Engine') }));
    const way = database(deployment);
    return way === null ? asEngine(stub) : withDatabase(asEngine(stub), way);
  }

  abort(reason: string): void {
    this.#parts.facets.abort(facet, new Error(reason));
  }
}

/** The engine as a facet whose class is compiled into this Worker. */
export class StaticHost implements EngineHost {
  readonly #facets: Pick<DurableObjectFacets, 'get' | 'abort'>;
  readonly #engine: DurableObjectClass;

  constructor(facets: Pick<DurableObjectFacets, 'get' | 'abort'>, engine: DurableObjectClass) {
    this.#facets = facets;
    this.#engine = engine;
  }

  start(): EngineDoor {
    return asEngine(this.#facets.get(facet, () => ({ class: this.#engine })));
  }

  abort(reason: string): void {
    this.#facets.abort(facet, new Error(reason));
  }
}

export function toWorkerCode(
  { mainModule, modules, compatibilityDate, compatibilityFlags, limits }: ProjectModules,
  access: Pick<WorkerLoaderWorkerCode, 'env' | 'globalOutbound'>,
): WorkerLoaderWorkerCode {
  return { mainModule, modules: { ...modules }, compatibilityDate, compatibilityFlags: [...compatibilityFlags], limits, ...access };
}

/** A facet's stub has the methods of its class, which the platform's types cannot know. */
function asEngine(stub: unknown): EngineFacet {
  return stub as EngineFacet;
}
