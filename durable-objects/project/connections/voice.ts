import type { Outcome } from '@betterbase/engine';
import type { WireError } from '@betterbase/protocol';
import type { LiveQuery, Watcher } from '../turns/live-query.ts';

/** How a connection ends: what is said last, and the close frame. */
export interface Goodbye {
  /** Null: the close frame says it all. */
  readonly frame: string | null;
  readonly code: number;
  readonly reason: string;
}

/** Whether a client can be told something: `waiting` until it has caught up, `too-slow` when it does not. */
export type Pace = 'ready' | 'waiting' | 'too-slow';

/**
 * How the server speaks on one connection: a protocol, and the versions that it counts.
 *
 * It makes text of what is to be said. What that is, and when, is the connection's; sending is the socket's.
 */
export interface Speech {
  /** A client's queries are told together: none before all that it asks for have an answer. */
  readonly isAtomic: boolean;
  /** Asked only where it is atomic: whether what has happened so far is enough to be told of. */
  mayBegin(lastMutation: number, mutationsUnderWay: number): boolean;
  /** The first word, or null. */
  greet(session: string, resumed: boolean): string | null;
  pace(now: number): Pace;
  /** Nothing is to be said but changed answers. */
  readonly hasOnlyAnswers: boolean;
  /** The parts of a transition. Empty: this protocol says nothing of it. */
  answer(id: number, query: LiveQuery<Watcher>): string;
  same(id: number): string;
  refusal(id: number, error: WireError): string;
  /** The client does not watch it any more. */
  unwatched(id: number): void;
  /** A transition of one answer. */
  single(id: number, query: LiveQuery<Watcher>): string;
  /** A transition of these changes, joined by commas, and of what else is to be said; null if that is nothing. */
  transition(changes: string): string | null;
  /** The word to be said at once, or null if the next transition says it. */
  mutationFinished(id: number, outcome: Outcome, version: number): string | null;
  actionFinished(id: number, outcome: Outcome): string;
  goodbye(error: WireError): Goodbye;
  /** Sleep would lose nothing that was to be said. */
  readonly isSettled: boolean;
  /** What is kept with the socket through sleep. */
  memory(session: string | null, isSettled: boolean): string;
}
