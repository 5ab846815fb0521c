/**
 * What the server last told this client, and as of which version.
 *
 * Holds: the newest answer to each subscription.
 * Does not hold: which queries are wanted, optimistic updates.
 * Always true: what arrives is shown only when `show` is called, all of it together. After a reconnect that is to wait
 * until each old answer has been given anew.
 */
import { BetterBaseError, decodeValue } from '@betterbase/core';
import type { AnswerChange, ServerMessage } from '@betterbase/protocol';
import { toError } from '../errors/to-error.ts';
import { failure, loading, type QueryState, success } from './query-state.ts';

type Transition = Extract<ServerMessage, { type: 'transition' }>;

interface Answer {
  readonly state: QueryState;
  /** Absent for what the server did not say, such as a failure of the connection itself. */
  readonly hash?: string;
  /** Where its pages end, if it has pages. */
  readonly journal?: string | undefined;
}

export class Answers {
  readonly #shown = new Map<string, Answer>();
  readonly #arrived = new Map<string, Answer>();
  readonly #awaited = new Set<string>();
  #version = 0;
  #newest = 0;

  /** The version of the last transition on this connection. */
  get version(): number {
    return this.#version;
  }

  /** The highest version ever seen. */
  get newest(): number {
    return this.#newest;
  }

  /** True while some answers are from before the connection was lost. */
  get isCatchingUp(): boolean {
    return this.#awaited.size > 0;
  }

  state(key: string): QueryState {
    return this.#shown.get(key)?.state ?? loading;
  }

  /** What a server that is asked again must know of the answer that is here. */
  held(key: string): Pick<Answer, 'hash' | 'journal'> {
    return this.#shown.get(key) ?? {};
  }

  /** A new connection starts at version 0 and will answer every subscription anew. */
  restart(): void {
    this.#version = 0;
    this.#arrived.clear();
    this.#awaited.clear();
    for (const key of this.#shown.keys()) this.#awaited.add(key);
  }

  /**
   * Takes a transition in.
   *
   * @throws BetterBaseError `protocol/bad-message` when it does not start where this client is.
   */
  apply(transition: Transition, keyOf: (id: number) => string | undefined): void {
    if (transition.from !== this.#version) {
      throw new BetterBaseError(
        'protocol/bad-message',
        `A transition starts at version ${transition.from}, but this client is at ${this.#version}.`,
      );
    }
    this.#version = transition.to;
    this.#newest = Math.max(this.#newest, transition.to);
    for (const change of transition.changes) {
      // Whoever wanted the query may be gone since the server sent this.
      const key = keyOf(change.id);
      if (key !== undefined) this.#take(key, change);
    }
  }

  /** Shows what has arrived, and says for which queries. */
  show(): readonly string[] {
    const keys = [...this.#arrived.keys()];
    for (const [key, answer] of this.#arrived) this.#shown.set(key, answer);
    this.#arrived.clear();
    return keys;
  }

  /** There will be no answers any more: this is what each of these queries shows from now on. */
  fail(keys: readonly string[], error: BetterBaseError): void {
    this.#awaited.clear();
    this.#arrived.clear();
    for (const key of keys) {
      const before = this.state(key);
      if (before.error !== error) this.#shown.set(key, { state: failure(error, before) });
    }
  }

  /** This was for somebody else. Where its pages end is kept, since those after it begin there. */
  hide(key: string): void {
    const { journal } = this.#arrived.get(key) ?? this.held(key);
    this.#arrived.delete(key);
    if (this.#shown.has(key)) this.#shown.set(key, { state: loading, journal });
  }

  /** Nobody wants this answer any more, or waits for it. */
  forget(key: string): void {
    this.#shown.delete(key);
    this.#arrived.delete(key);
    this.#awaited.delete(key);
  }

  #take(key: string, change: AnswerChange): void {
    this.#awaited.delete(key);
    const shown = this.#shown.get(key);
    if ('same' in change || change.hash === shown?.hash) {
      this.#arrived.delete(key);
      return;
    }
    const before = this.#arrived.get(key) ?? shown;
    const { hash, journal } = change;
    // An error says nothing of pages; those it stands in for must not move when it is over.
    const answer =
      'error' in change
        ? { state: failure(toError(change.error), before?.state ?? loading), journal: journal ?? before?.journal }
        : { state: success(decodeValue(change.value)), journal };
    this.#arrived.set(key, { ...answer, hash });
  }
}
