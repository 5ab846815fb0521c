import { DurableObject } from 'cloudflare:workers';
import { type AppModule, type EngineDoor, type HostGlobals, ReactiveEngine } from '@betterbase/engine';
import { durableObjectDisk, EmbeddedStore } from '@betterbase/providers';
import type { RuntimeEnv } from './runtime-env.ts';

/** The engine of one project as a Durable Object class: the class of a facet, with the app's code beside it. */
export function engineClass(app: AppModule, host: HostGlobals) {
  return class Engine extends DurableObject<RuntimeEnv> implements EngineDoor {
    readonly #engine = new ReactiveEngine({
      app,
      host,
      store: new EmbeddedStore(durableObjectDisk(this.ctx.storage)),
      isDevelopment: this.env.BB_DEV === '1',
      project: this.env.BB_PROJECT ?? '',
    });

    status(): ReturnType<EngineDoor['status']> {
      return this.#engine.status();
    }

    plan(manifest: Parameters<EngineDoor['plan']>[0]): ReturnType<EngineDoor['plan']> {
      return this.#engine.plan(manifest);
    }

    backfill(request: Parameters<EngineDoor['backfill']>[0]): ReturnType<EngineDoor['backfill']> {
      return this.#engine.backfill(request);
    }

    migrate(...[deployment, consent]: Parameters<EngineDoor['migrate']>): ReturnType<EngineDoor['migrate']> {
      return this.#engine.migrate(deployment, consent);
    }

    appliedMigrations(): ReturnType<EngineDoor['appliedMigrations']> {
      return this.#engine.appliedMigrations();
    }

    turn(request: Parameters<EngineDoor['turn']>[0]): ReturnType<EngineDoor['turn']> {
      return this.#engine.turn(request);
    }

    outcomesSince(version: number): ReturnType<EngineDoor['outcomesSince']> {
      return this.#engine.outcomesSince(version);
    }

    recordFailure(...failure: Parameters<EngineDoor['recordFailure']>): ReturnType<EngineDoor['recordFailure']> {
      return this.#engine.recordFailure(...failure);
    }
  };
}
