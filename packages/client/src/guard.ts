import type { ClientMessage } from '@betterbase/protocol';
import type { CallError } from './sync/outcome.ts';

/** Decides who the client says it is, and hears what became of that. */
export interface Guard {
  /** While it is true nothing is said to the server. */
  readonly isHolding: boolean;
  /** What is said first on a connection. */
  readonly introduction: readonly ClientMessage[];
  /** What requests over HTTP show; waits while nothing may be said. */
  token(): Promise<string | null>;
  /** From now on the server answers as the one who was introduced with this id. */
  accepted(id: number): void;
  /** The server ends the connection. False: who the client is has nothing to do with it. `isForGood`: the same again would not help. */
  refused(error: CallError, isForGood: boolean): boolean;
  /** The connection is gone. */
  lost(): void;
  /** There will be no other. */
  closed(): void;
}

/** What a guard may do. */
export interface Guarded {
  /** Says something now, if there is a connection that has begun. */
  say(message: ClientMessage): void;
  /** Nothing holds any more: connects, and says what had to wait. */
  release(): void;
  /** What was called and has no outcome is given up, and is not sent again. */
  forgetSession(): void;
  /** Nothing is shown any more of what the server has answered, and everything is asked anew. */
  leave(): void;
  /** What was called and not sent fails, and will not be sent. */
  withdraw(): void;
  /** Something has been said on a connection that stands. */
  readonly hasBegun: boolean;
}
