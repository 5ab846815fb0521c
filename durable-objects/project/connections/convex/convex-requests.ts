import { BetterBaseError } from '@betterbase/core';
import type { WireError } from '@betterbase/protocol';
import type { Verified } from '../../identity/token-verifier.ts';
import { createCaller, stranger } from '../../turns/caller.ts';
import { toWireError } from '../../wire-errors.ts';
import type { ClientRequests, RequestParts, Room } from '../client-requests.ts';
import type { Connection } from '../connection.ts';
import { convexSessionPrefix } from '../session-store.ts';
import type { Goodbye } from '../voice.ts';
import type { Claim, ConvexMessage } from './convex-message.ts';
import type { ConvexVoice } from './convex-voice.ts';

/** Characters that a client may say while its token is verified. */
const mostHeld = 16 * 1024 * 1024;

const adminRefused: WireError = { code: 'auth/bad-key', message: 'Admin keys are taken over HTTP, not on sockets.' };

const ahead: WireError = {
  code: 'session/ahead',
  message: 'This client has seen a later version of the data than there is.',
  hint: 'The data was put back to an earlier state. Load the page again.',
};

export interface ConvexRequestParts extends Pick<RequestParts, 'sessions' | 'now'> {
  readonly requests: ClientRequests;
  readonly room: ConvexRoom;
  /** Whose a token is. */
  readonly verify: (token: string) => Promise<Verified>;
  /** Begins a turn if answers that are watched may be older than the newest commit. */
  readonly wake: () => void;
  /** A session begins, which will have to be forgotten one day. */
  readonly sessionBegins: () => void;
}

export interface ConvexRoom extends Room {
  /** As if the client said it now. */
  receive(connection: Connection, frame: string | ArrayBuffer): void;
  /** Tells everybody what they do not know yet. */
  deliver(): void;
  /** Ends a connection with these words. */
  end(connection: Connection, goodbye: Goodbye): void;
}

/**
 * What Convex's clients may ask for, and what is done about it.
 *
 * Holds: what clients say while their tokens are verified.
 * Always true: what a client says after a token is done as the one whose token it is, or not at all.
 */
export class ConvexRequests {
  readonly #parts: ConvexRequestParts;
  readonly #held = new Map<Connection, (string | ArrayBuffer)[]>();

  constructor(parts: ConvexRequestParts) {
    this.#parts = parts;
  }

  /** Keeps a frame for later if its time has not come. @throws BetterBaseError `limit/overloaded` */
  hold(connection: Connection, frame: string | ArrayBuffer): boolean {
    const held = this.#held.get(connection);
    if (held === undefined) return false;
    held.push(frame);
    const characters = held.reduce((sum, each) => sum + (typeof each === 'string' ? each.length : each.byteLength), 0);
    if (characters > mostHeld) throw new BetterBaseError('limit/overloaded', 'This client says too much before its token is verified.');
    return true;
  }

  /** @throws BetterBaseError when the message breaks the rules: then the connection must end. */
  handle(connection: Connection, voice: ConvexVoice, message: ConvexMessage): void {
    const { requests } = this.#parts;
    if ((message.type === 'connect') !== (connection.state === 'new')) throw outOfTurn(message);
    if (message.type !== 'authenticate' && this.isOver(connection, voice)) return;
    switch (message.type) {
      case 'connect':
        return this.#connect(connection, voice, message);
      case 'authenticate':
        voice.changeIdentity(message.base);
        connection.unsettle();
        return this.#authenticate(connection, voice, message.base, message.claim);
      case 'watch':
        voice.changeQuerySet(message.base, message.next);
        requests.watch(connection, message.add, message.remove);
        return this.#parts.wake();
      case 'mutation':
        return requests.mutate(connection, message);
      case 'action':
        return requests.act(connection, message);
      case 'event':
        return;
      default:
        message satisfies never;
    }
  }

  /** Ends a connection that must not go on: its client has become a stranger, or has seen what we do not have. */
  isOver(connection: Connection, voice: ConvexVoice): boolean {
    const { room, now } = this.#parts;
    if (connection.state !== 'open') return false;
    if (voice.isBehindClient) room.fail(connection, ahead);
    else if (connection.expiresAt <= now()) room.end(connection, voice.expireIdentity());
    return connection.state !== 'open';
  }

  #connect(
    connection: Connection,
    voice: ConvexVoice,
    { session: id, observed, clientTime }: Extract<ConvexMessage, { type: 'connect' }>,
  ): void {
    const { sessions, room, now, sessionBegins } = this.#parts;
    const session = `${convexSessionPrefix}${id}`;
    room.replace(session);
    const resumed = sessions.resume(session, now());
    if (!resumed) {
      sessionBegins();
      sessions.create(session, now());
    }
    voice.meet(observed, clientTime === null ? null : Math.round(clientTime - now()));
    connection.greet(session, resumed);
    room.enter(connection);
  }

  #authenticate(connection: Connection, voice: ConvexVoice, base: number, claim: Claim): void {
    const { room, verify, wake } = this.#parts;
    switch (claim.by) {
      case 'nobody':
        room.become(connection, stranger, Number.POSITIVE_INFINITY);
        return wake();
      case 'admin':
        return room.end(connection, voice.refuseIdentity(adminRefused, base));
      case 'user':
        this.#held.set(connection, []);
        void verify(claim.token).then(
          (verified) => this.#verified(connection, voice, base, verified),
          (failure: unknown) => this.#verified(connection, voice, base, { ok: false, error: toWireError(failure) }),
        );
        return;
      default:
        claim satisfies never;
    }
  }

  #verified(connection: Connection, voice: ConvexVoice, base: number, verified: Verified): void {
    const { room, wake } = this.#parts;
    const held = this.#held.get(connection) ?? [];
    this.#held.delete(connection);
    if (connection.state === 'closed') return;
    if (!verified.ok) return room.end(connection, voice.refuseIdentity(verified.error, base));
    try {
      room.become(connection, createCaller(verified.identity, 'public'), verified.expiresAt);
    } catch (failure) {
      return room.fail(connection, toWireError(failure));
    }
    wake();
    for (const frame of held) room.receive(connection, frame);
    room.deliver();
  }
}

function outOfTurn(message: ConvexMessage): BetterBaseError {
  if (message.type === 'connect')
    return new BetterBaseError('protocol/bad-message', 'This connection is connected already.', { hint: 'Say `Connect` once.' });
  return new BetterBaseError('protocol/not-connected', 'The first message must be `Connect`.', {
    hint: 'Say `Connect` before anything else.',
  });
}
