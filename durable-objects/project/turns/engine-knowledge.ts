import type { TurnOperation } from '@betterbase/engine';
import type { LiveQuery, Watcher } from './live-query.ts';

/**
 * What the engine knows of the live queries, and what it must still be told or asked.
 *
 * Holds: pins and ends that it has not heard of, and which queries it may have kept although it started anew.
 * Does not hold: answers; what is to run.
 * Always true: the engine is asked about those it may have kept before it is told anything.
 */
export class EngineKnowledge<W extends Watcher> {
  readonly #onUnknown: (query: LiveQuery<W>) => void;
  readonly #untoldPins = new Set<LiveQuery<W>>();
  #forgotten: number[] = [];
  /** The engine has started anew, and has not said yet whether it knows them. */
  readonly #unsure = new Set<LiveQuery<W>>();
  /** What the engine is to be asked first of all: about those that are unsure, or about all that it has kept. */
  #question: 'nothing' | 'unsure' | 'all' = 'nothing';

  /** `onUnknown`: the engine had this query, and has it no longer. */
  constructor(onUnknown: (query: LiveQuery<W>) => void) {
    this.#onUnknown = onUnknown;
  }

  /** The engine has to be asked before answers can be taken for the newest. */
  get isInDoubt(): boolean {
    return this.#unsure.size > 0 || this.#question === 'unsure';
  }

  isUnsure(query: LiveQuery<W>): boolean {
    return this.#unsure.has(query);
  }

  /** It is watched from now on, or no longer. */
  pinChanged(query: LiveQuery<W>): void {
    if (query.isPinned !== query.watchers.size > 0) this.#untoldPins.add(query);
  }

  /** It goes with the next turn, which says whether it is pinned. */
  runs(query: LiveQuery<W>): void {
    query.isInEngine = true;
    query.isPinned = query.watchers.size > 0;
  }

  /** Nobody wants this query any more. */
  forget(number: number): void {
    this.#forgotten.push(number);
  }

  dropped(query: LiveQuery<W>): void {
    this.#untoldPins.delete(query);
    this.#unsure.delete(query);
    if (query.isInEngine) this.forget(query.number);
  }

  /** Adds what the engine must know before anything else happens in the next turn. */
  takeChanges(operations: TurnOperation[]): void {
    for (const query of this.#untoldPins) {
      const pinned = query.watchers.size > 0;
      if (query.state !== 'live' || query.isPinned === pinned) continue;
      query.isPinned = pinned;
      operations.push({ do: 'pin', query: query.number, pinned });
    }
    this.#untoldPins.clear();
    for (const query of this.#forgotten) operations.push({ do: 'forget', query });
    this.#forgotten = [];
  }

  /** The engine has started anew: what is watched it may have kept, and the rest it does not know. */
  restarted(queries: Iterable<LiveQuery<W>>): void {
    this.#untoldPins.clear();
    for (const query of queries) {
      if (query.state === 'live' && query.isPinned && query.watchers.size > 0 && !query.isRefused) {
        this.#unsure.add(query);
        continue;
      }
      this.#unsure.delete(query);
      query.isInEngine = query.isPinned;
      query.isPinned = false;
      this.#onUnknown(query);
    }
    if (this.#unsure.size > 0) this.ask();
  }

  /** The engine knows what has changed meanwhile, and says so when asked. */
  ask(): void {
    if (this.#question === 'nothing') this.#question = 'unsure';
  }

  /** Nothing that the engine has kept can be trusted: it is to forget it. */
  doubt(): void {
    this.#question = 'all';
    const unsure = [...this.#unsure];
    this.#unsure.clear();
    for (const query of unsure) this.#unknown(query);
  }

  /** What the engine must be asked before it is told anything. */
  takeQuestion(): Extract<TurnOperation, { do: 'resume' }> | null {
    if (this.#question === 'nothing') return null;
    return { do: 'resume', queries: [...this.#unsure].map(({ number }) => number), isAll: this.#question === 'all' };
  }

  /** The engine knows all that was asked for but these. */
  resumed(unknown: readonly number[]): void {
    this.#question = 'nothing';
    const isUnknown = new Set(unknown);
    for (const query of this.#unsure) if (query.state === 'live' && isUnknown.has(query.number)) this.#unknown(query);
    this.#unsure.clear();
  }

  #unknown(query: LiveQuery<W>): void {
    query.isInEngine = false;
    query.isPinned = false;
    this.#onUnknown(query);
  }
}
