import type { Outcome } from '@betterbase/engine';
import type { Caller } from './caller.ts';
import type { LiveQuery, Watcher } from './live-query.ts';

/**
 * Where live queries are found: by number, by call, and by how long nobody used them.
 *
 * Holds: the queries, and how much text their answers are.
 * Does not hold: rules about when an answer may be given.
 */
export class QueryShelf<W extends Watcher> {
  /** Good for everybody: the run did not ask who is calling. */
  readonly #shared = new Map<string, LiveQuery<W>>();
  readonly #personal = new Map<string, LiveQuery<W>>();
  readonly #byNumber = new Map<number, LiveQuery<W>>();
  /** Answered ones by when they were last used, oldest first. */
  readonly #recent = new Map<number, LiveQuery<W>>();
  #characters = 0;

  get size(): number {
    return this.#byNumber.size;
  }

  get characters(): number {
    return this.#characters;
  }

  get(number: number): LiveQuery<W> | undefined {
    return this.#byNumber.get(number);
  }

  all(): Iterable<LiveQuery<W>> {
    return this.#byNumber.values();
  }

  find(caller: Caller, key: string): LiveQuery<W> | undefined {
    return this.#shared.get(key) ?? this.#personal.get(personalKey(caller, key));
  }

  add(query: LiveQuery<W>): void {
    this.#byNumber.set(query.number, query);
    this.#personal.set(personalKey(query.caller, query.key), query);
  }

  remove(query: LiveQuery<W>): void {
    this.#byNumber.delete(query.number);
    if (query.isShared) this.#shared.delete(query.key);
    else this.#removePersonal(query);
    this.dropText(query);
  }

  /** From now on everybody finds it, unless another query has the place already. */
  share(query: LiveQuery<W>): void {
    if (query.isShared || this.#shared.has(query.key)) return;
    this.#removePersonal(query);
    this.#shared.set(query.key, query);
    query.isShared = true;
  }

  /** From now on only callers like the one it ran for find it. */
  unshare(query: LiveQuery<W>): void {
    if (!query.isShared) return;
    this.#shared.delete(query.key);
    this.#personal.set(personalKey(query.caller, query.key), query);
    query.isShared = false;
  }

  keep(query: LiveQuery<W>, outcome: Outcome): void {
    this.#characters -= query.characters;
    query.characters = query.key.length + (outcome.ok ? outcome.value.length : 256);
    this.#characters += query.characters;
    query.outcome = outcome;
    this.touch(query);
  }

  touch(query: LiveQuery<W>): void {
    this.#recent.delete(query.number);
    this.#recent.set(query.number, query);
  }

  dropText(query: LiveQuery<W>): void {
    this.#recent.delete(query.number);
    this.#characters -= query.characters;
    query.characters = 0;
    query.outcome = null;
    query.change = null;
  }

  /** Those with an answer, longest unused first. */
  oldest(): Iterable<LiveQuery<W>> {
    return this.#recent.values();
  }

  #removePersonal(query: LiveQuery<W>): void {
    const key = personalKey(query.caller, query.key);
    if (this.#personal.get(key) === query) this.#personal.delete(key);
  }
}

function personalKey({ identityKey }: Caller, key: string): string {
  return `${identityKey}\n${key}`;
}
