import { BetterBaseError } from '@betterbase/core';
import type { WireError } from '@betterbase/protocol';
import type { Verified } from '../identity/token-verifier.ts';
import { type Caller, createCaller, stranger } from '../turns/caller.ts';
import { toWireError } from '../wire-errors.ts';
import type { Connection } from './connection.ts';

/** Characters that a client may say while its token is verified. */
const mostHeld = 16 * 1024 * 1024;

type Frame = string | ArrayBuffer;

export interface IntroductionParts {
  /** Whose a token is. */
  readonly verify: (token: string) => Promise<Verified>;
  /** Begins a turn if answers that are watched may be older than the newest commit. */
  readonly wake: () => void;
  readonly room: IntroductionRoom;
}

export interface IntroductionRoom {
  /** The client is this caller from now on, until then. @throws BetterBaseError `limit/overloaded` */
  become(connection: Connection, caller: Caller, expiresAt: number): void;
  /** The socket of the connection must remember something else. */
  saveSoon(connection: Connection): void;
  /** Ends a connection with a reason. */
  fail(connection: Connection, error: WireError): void;
  /** As if the client said it now. */
  receive(connection: Connection, frame: Frame): void;
  /** Tells everybody what they do not know yet. */
  deliver(): void;
}

/** What the protocol says of it. */
export interface IntroductionWords {
  /** The client is about to become who it said it is. */
  accepted(): void;
  /** Ends the connection. */
  refused(error: WireError): void;
}

/**
 * Clients that say who they are.
 *
 * Holds: what clients say while their tokens are verified.
 * Always true: what a client says after a token is done as the one whose token it is, or not at all.
 */
export class Introductions {
  readonly #parts: IntroductionParts;
  readonly #held = new Map<Connection, { readonly frames: Frame[]; characters: number }>();

  constructor(parts: IntroductionParts) {
    this.#parts = parts;
  }

  /** Keeps a frame for later if its time has not come. @throws BetterBaseError `limit/overloaded` */
  hold(connection: Connection, frame: Frame): boolean {
    const held = this.#held.get(connection);
    if (held === undefined) return false;
    held.frames.push(frame);
    held.characters += typeof frame === 'string' ? frame.length : frame.byteLength;
    if (held.characters > mostHeld)
      throw new BetterBaseError('limit/overloaded', 'This client says too much before its token is verified.');
    return true;
  }

  /** The client says that it is nobody. @throws BetterBaseError `limit/overloaded` */
  leave(connection: Connection, words: IntroductionWords): void {
    words.accepted();
    this.#parts.room.become(connection, stranger, Number.POSITIVE_INFINITY);
    this.#parts.wake();
  }

  /** The client shows a token. */
  meet(connection: Connection, token: string, words: IntroductionWords): void {
    connection.unsettle();
    this.#parts.room.saveSoon(connection);
    this.#held.set(connection, { frames: [], characters: 0 });
    void this.#parts.verify(token).then(
      (verified) => this.#verified(connection, verified, words),
      (failure: unknown) => this.#verified(connection, { ok: false, error: toWireError(failure) }, words),
    );
  }

  #verified(connection: Connection, verified: Verified, words: IntroductionWords): void {
    const { room, wake } = this.#parts;
    const frames = this.#held.get(connection)?.frames ?? [];
    this.#held.delete(connection);
    if (connection.state === 'closed') return;
    if (!verified.ok) return words.refused(verified.error);
    try {
      words.accepted();
      room.become(connection, createCaller(verified.identity, 'public'), verified.expiresAt);
    } catch (failure) {
      return room.fail(connection, toWireError(failure));
    }
    wake();
    for (const frame of frames) room.receive(connection, frame);
    room.deliver();
  }
}
