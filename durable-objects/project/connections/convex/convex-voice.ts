import { BetterBaseError } from '@betterbase/core';
import type { Outcome } from '@betterbase/engine';
import type { WireError } from '@betterbase/protocol';
import type { LiveQuery, Watcher } from '../../turns/live-query.ts';
import type { Protocol } from '../protocol.ts';
import { encodeSocketMemory, type ToldVersion } from '../socket-memory.ts';
import type { Goodbye, Speech } from '../voice.ts';
import { goodbyeOf } from './close-reason.ts';
import {
  actionFrame,
  authErrorFrame,
  type ConvexAnswers,
  failedChange,
  mutationFrame,
  removedChange,
  transitionFrame,
} from './convex-frames.ts';

/** How a close frame is written that says nothing is wrong. */
const normalClose = 1000;

export interface ConvexVoiceParts {
  readonly answers: ConvexAnswers;
  readonly protocol: Protocol;
  /** The newest version that is known; 0 while none is. */
  readonly version: () => number;
}

/**
 * Convex's protocol.
 *
 * Holds: where the client is, where it has asked to be, and what the next transition must say besides answers.
 * Always true: a transition starts where the last one ended; it takes over a query set or an identity only when every query
 * has its answer; a mutation's success is said first, and a transition at its version or above follows.
 */
export class ConvexVoice implements Speech {
  readonly protocol = 'convex';
  readonly isAtomic = true;
  readonly #parts: ConvexVoiceParts;
  #told: ToldVersion;
  #querySet: number;
  #identity: number;
  #observed = 0;
  #clockSkew: number | null = null;
  #removed: string[] = [];
  /** A transition must be said even if no answer has changed. */
  #isOwed = false;
  /** Mutations up to this one are answered before the first transition. */
  #barrier: number | null = null;
  #lastFinished = -1;
  /** The newest version of which the client was told that its own mutation made it. */
  #reached = 0;

  constructor(parts: ConvexVoiceParts, told: ToldVersion = { querySet: 0, identity: 0, ts: 0 }) {
    this.#parts = parts;
    this.#told = told;
    this.#querySet = told.querySet;
    this.#identity = told.identity;
  }

  get hasOnlyAnswers(): boolean {
    return this.isSettled;
  }

  get isSettled(): boolean {
    return !this.#isOwed && this.#removed.length === 0;
  }

  /** The versions that the client has heard of, from us or from an earlier connection, and what its clock says. */
  meet(observed: number, clockSkew: number | null): void {
    this.#observed = observed;
    this.#clockSkew = clockSkew;
  }

  /** True when the client has seen what our data does not have: it was here before something was lost. */
  get isBehindClient(): boolean {
    const version = this.#parts.version();
    return version !== 0 && Math.max(version, this.#reached) < this.#observed;
  }

  /** @throws BetterBaseError `protocol/version-mismatch` */
  changeQuerySet(base: number, next: number): void {
    if (base !== this.#querySet || next <= base) throw mismatch('query set', base, this.#querySet);
    this.#querySet = next;
    this.#isOwed = true;
  }

  /** @throws BetterBaseError `protocol/version-mismatch` */
  changeIdentity(base: number): void {
    if (base !== this.#identity) throw mismatch('identity', base, this.#identity);
    this.#identity = base + 1;
    this.#isOwed = true;
  }

  /** True once mutations that came with the first queries are answered: a guess and what came of it are not shown together. */
  mayBegin(lastMutation: number, mutationsUnderWay: number): boolean {
    if (this.#told.querySet > 0 || mutationsUnderWay === 0) return true;
    this.#barrier ??= lastMutation;
    return this.#lastFinished >= this.#barrier;
  }

  greet(): null {
    return null;
  }

  pace(): 'ready' {
    return 'ready';
  }

  answer(id: number, query: LiveQuery<Watcher>): string {
    return this.#parts.answers.change(id, query);
  }

  /** Convex's clients do not say which answers they hold, so this is never so. */
  same(): string {
    throw new Error('A Convex client holds no answer from before.');
  }

  refusal(id: number, error: WireError): string {
    return failedChange(id, error);
  }

  unwatched(id: number): void {
    this.#removed.push(removedChange(id));
  }

  single(id: number, query: LiveQuery<Watcher>): string {
    return this.#move(this.answer(id, query));
  }

  transition(changes: string): string | null {
    if (changes === '' && !this.#isOwed && this.#removed.length === 0) return null;
    const removed = this.#removed;
    this.#removed = [];
    return this.#move(removed.length === 0 ? changes : [...removed, ...(changes === '' ? [] : [changes])].join(','));
  }

  mutationFinished(id: number, outcome: Outcome, version: number): string {
    this.#lastFinished = Math.max(this.#lastFinished, id);
    if (outcome.ok) {
      this.#isOwed = true;
      // A call that was lost and made good for may have committed later than the newest turn that we know.
      this.#reached = Math.max(this.#reached, version);
    }
    return mutationFrame(id, outcome, version);
  }

  actionFinished(id: number, outcome: Outcome): string {
    return actionFrame(id, outcome);
  }

  goodbye(error: WireError): Goodbye {
    return goodbyeOf(error);
  }

  /** The token that the client has just shown is none. */
  refuseIdentity(error: WireError, base: number): Goodbye {
    return { frame: authErrorFrame(error.message, base, true), code: normalClose, reason: 'AuthError' };
  }

  /** The token that the client had shown is over. */
  expireIdentity(): Goodbye {
    const frame = authErrorFrame('The token has expired.', Math.max(0, this.#identity - 1), false);
    return { frame, code: normalClose, reason: 'AuthError' };
  }

  memory(session: string | null, isSettled: boolean): string {
    return encodeSocketMemory({ protocol: this.#parts.protocol, session, at: this.#told, isSettled });
  }

  #move(changes: string): string {
    const from = this.#told;
    this.#told = { querySet: this.#querySet, identity: this.#identity, ts: Math.max(from.ts, this.#reached, this.#parts.version()) };
    this.#isOwed = false;
    return transitionFrame(from, this.#told, changes, this.#clockSkew);
  }
}

function mismatch(what: string, base: number, is: number): BetterBaseError {
  return new BetterBaseError('protocol/version-mismatch', `The client changes version ${base} of its ${what}, which is at ${is}.`, {
    hint: 'Connect again.',
  });
}
