import { DurableObject } from 'cloudflare:workers';
import { type AppModule, type EngineDoor, type HostGlobals, ReactiveEngine } from '@betterbase/engine';
import type { PassedDatabase } from '@betterbase/providers';
import type { EngineFacet } from './engine-facet.ts';
import type { OpenedStore, StoreKind } from './engine-store.ts';
import type { RuntimeEnv } from './runtime-env.ts';

/** The engine of one project as a Durable Object class: the class of a facet, with the app's code beside it. */
export function engineClass(app: AppModule, host: HostGlobals, kind: StoreKind) {
  return class Engine extends DurableObject<RuntimeEnv> implements EngineFacet {
    #engine: ReactiveEngine | null = null;
    #opened: OpenedStore | null = null;
    /** Of calls under way. Without this, one that a newer call has replaced would be collected while its call goes on, which the platform takes for a leak. */
    readonly #ways = new Set<PassedDatabase>();

    status(database?: PassedDatabase): ReturnType<EngineDoor['status']> {
      return this.#open(database).status();
    }

    plan(manifest: Parameters<EngineDoor['plan']>[0], database?: PassedDatabase): ReturnType<EngineDoor['plan']> {
      return this.#open(database).plan(manifest);
    }

    backfill(request: Parameters<EngineDoor['backfill']>[0], database?: PassedDatabase): ReturnType<EngineDoor['backfill']> {
      return this.#open(database).backfill(request);
    }

    migrate(deployment: string, consent?: string | null, database?: PassedDatabase): ReturnType<EngineDoor['migrate']> {
      return this.#open(database).migrate(deployment, consent);
    }

    appliedMigrations(database?: PassedDatabase): ReturnType<EngineDoor['appliedMigrations']> {
      return this.#open(database).appliedMigrations();
    }

    turn(request: Parameters<EngineDoor['turn']>[0], database?: PassedDatabase): ReturnType<EngineDoor['turn']> {
      const turn = this.#open(database).turn(request);
      return database === undefined ? turn : this.#holding(database, turn);
    }

    async mayFollow(): ReturnType<EngineDoor['mayFollow']> {
      return (await this.#engine?.mayFollow()) ?? false;
    }

    outcomesSince(version: number, database?: PassedDatabase): ReturnType<EngineDoor['outcomesSince']> {
      return this.#open(database).outcomesSince(version);
    }

    recordFailure(
      ...[request, identity, error, database]: [...Parameters<EngineDoor['recordFailure']>, database?: PassedDatabase]
    ): ReturnType<EngineDoor['recordFailure']> {
      return this.#open(database).recordFailure(request, identity, error);
    }

    async #holding<T>(database: PassedDatabase, work: Promise<T>): Promise<T> {
      this.#ways.add(database);
      try {
        return await work;
      } finally {
        this.#ways.delete(database);
      }
    }

    #open(database: PassedDatabase | undefined): ReactiveEngine {
      this.#opened ??= kind.open(this.ctx.storage, database);
      if (database !== undefined) this.#opened.use(database);
      this.#engine ??= new ReactiveEngine({
        app,
        host,
        store: this.#opened.store,
        isDevelopment: this.env.BB_DEV === '1',
        project: this.env.BB_PROJECT ?? '',
      });
      return this.#engine;
    }
  };
}
