import { type EngineDoor, ReactiveEngine } from '@betterbase/engine';
import { EmbeddedStore } from '@betterbase/providers';
import { type Hazards, type Life, never, newLife } from './hazards.ts';
import { simApp } from './sim-app.ts';
import type { Plant } from './planted-faults.ts';

type EngineDisk = ConstructorParameters<typeof EmbeddedStore>[0];

export interface EngineLivesParts {
  readonly disk: EngineDisk;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  /** Acts when all that is under way has come as far as it can without time passing. */
  readonly whenDrained: (act: () => void) => void;
  readonly hazards: Hazards;
  /** The process ends. */
  readonly kill: () => void;
  /** A turn takes at most so many operations. */
  readonly mostOperations: () => number;
  readonly plant: Plant;
}

/**
 * The engines of a project, one at a time, all on the same database.
 *
 * Every door and every commit is a step, at which the process, the engine or the call may be lost.
 */
export class EngineLives {
  readonly #parts: EngineLivesParts;
  #current: { readonly life: Life; readonly door: EngineDoor } | null = null;

  constructor(parts: EngineLivesParts) {
    this.#parts = parts;
  }

  /** Calls that have not been answered. */
  get underWay(): number {
    return this.#current?.life.underWay ?? 0;
  }

  /** The engine that runs, or else a new one with this edition of the app. */
  start(text: () => string): EngineDoor {
    if (this.#current === null) {
      const life = newLife();
      this.#current = { life, door: this.#engine(life, text()) };
    }
    return this.#current.door;
  }

  /** Calls under way fail. */
  end(reason: string): void {
    this.#current?.life.over(new Error(reason));
    this.#current = null;
  }

  /** Ends together with whoever called it: calls under way are never answered. */
  lose(): void {
    if (this.#current !== null) this.#current.life.isOver = true;
    this.#current = null;
  }

  #engine(life: Life, text: string): EngineDoor {
    const { now, randomBytes, whenDrained, disk, mostOperations, plant } = this.#parts;
    let timers = 0;
    const stopped = new Set<number>();
    const engine = new ReactiveEngine({
      app: simApp(text),
      store: this.#store(life, plant.store(new EmbeddedStore(disk))),
      isDevelopment: false,
      host: {
        now,
        randomBytes,
        print: () => {},
        setTimeout: (act) => {
          const timer = ++timers;
          whenDrained(() => {
            if (!life.isOver && !stopped.delete(timer)) act();
          });
          return timer;
        },
        clearTimeout: (timer) => void stopped.add(timer),
      },
    });
    const call = async <T>(work: () => Promise<T>): Promise<T> => {
      const run = async (): Promise<T> => {
        await this.#step(life);
        const result = await work();
        await this.#step(life);
        return result;
      };
      life.underWay += 1;
      try {
        return await Promise.race([run(), life.end]);
      } finally {
        life.underWay -= 1;
      }
    };
    return {
      status: () => call(() => engine.status()),
      plan: (manifest) => call(() => engine.plan(manifest)),
      backfill: (request) => call(() => engine.backfill(request)),
      migrate: (...migration) => call(() => engine.migrate(...migration)),
      appliedMigrations: () => call(() => engine.appliedMigrations()),
      turn: (request) => call(() => engine.turn(plant.turn({ ...request, operations: request.operations.slice(0, mostOperations()) }))),
      mayFollow: () => call(() => engine.mayFollow()),
      outcomesSince: (version) => call(() => engine.outcomesSince(version)),
      recordFailure: (...failure) => call(() => engine.recordFailure(...failure)),
    };
  }

  /** Whatever writes is a step of its own. */
  #store(life: Life, store: EmbeddedStore): EmbeddedStore {
    const stepped =
      <A extends unknown[], R>(work: (...args: A) => Promise<R>): ((...args: A) => Promise<R>) =>
      async (...args) => {
        await this.#step(life);
        const result = await work.apply(store, args);
        await this.#step(life);
        return result;
      };
    store.commit = stepped(store.commit);
    store.migrate = stepped(store.migrate);
    store.forget = stepped(store.forget);
    store.sweep = stepped(store.sweep);
    return store;
  }

  async #step(life: Life): Promise<void> {
    const { hazards, kill, plant } = this.#parts;
    if (life.isOver && !plant.keepsEndedEngines) return await never();
    switch (hazards.next()) {
      case 'kill':
        kill();
        return await never();
      case 'abort':
        life.over(new Error('The engine was lost.'));
        return plant.keepsEndedEngines ? undefined : await never();
      case 'stick':
        return await never();
      default:
        return;
    }
  }
}
