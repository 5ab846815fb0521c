import { BetterBaseError } from '@betterbase/core';
import type { WireError } from '@betterbase/protocol';
import type { ClientRequests, RequestParts, Room } from '../client-requests.ts';
import type { Connection } from '../connection.ts';
import type { Introductions } from '../introductions.ts';
import { convexSessionPrefix, sessionLife } from '../session-store.ts';
import type { Goodbye } from '../voice.ts';
import type { CallMessage } from '../client-message.ts';
import type { Claim, ConvexMessage } from './convex-message.ts';
import type { ConvexVoice } from './convex-voice.ts';
import { ResendBound } from './resend-bound.ts';

const adminRefused: WireError = { code: 'auth/bad-key', message: 'Admin keys are taken over HTTP, not on sockets.' };

const ahead: WireError = {
  code: 'session/ahead',
  message: 'This client has seen a later version of the data than there is.',
  hint: 'The data was put back to an earlier state. Load the page again.',
};

const forgotten: WireError = {
  code: 'session/expired',
  message: 'This mutation was called before, so long ago that it is not known any more whether it ran.',
  hint: 'Look whether it did, and call it again if not.',
};

export interface ConvexRequestParts extends Pick<RequestParts, 'sessions' | 'now' | 'forgetOutcomes'> {
  readonly requests: ClientRequests;
  readonly room: ConvexRoom;
  readonly introductions: Introductions;
  /** Begins a turn if answers that are watched may be older than the newest commit. */
  readonly wake: () => void;
  /** A session begins, which will have to be forgotten one day. */
  readonly sessionBegins: () => void;
}

export interface ConvexRoom extends Room {
  /** Ends a connection with these words. */
  end(connection: Connection, goodbye: Goodbye): void;
}

/**
 * What Convex's clients may ask for, and what is done about it.
 *
 * Holds: nothing; what it learns goes to the connection, its voice and the room.
 */
export class ConvexRequests {
  readonly #parts: ConvexRequestParts;

  constructor(parts: ConvexRequestParts) {
    this.#parts = parts;
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
        this.#parts.room.saveSoon(connection);
        return this.#authenticate(connection, voice, message.base, message.claim);
      case 'watch':
        voice.changeQuerySet(message.base, message.next);
        requests.watch(connection, message.add, message.remove);
        return this.#parts.wake();
      case 'mutation':
        return this.#mutate(connection, message);
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
    const resumed = sessions.resume(session, connection.name, now());
    if (!resumed) {
      sessionBegins();
      sessions.create(session, connection.name, now());
      sessions.resends.restart(session, now());
    }
    connection.resends = new ResendBound(sessions.resends.find(session), true);
    voice.meet(observed, clientTime === null ? null : Math.round(clientTime - now()));
    connection.greet(session, resumed);
    room.enter(connection);
  }

  /** Puts on disk what may be sent again. */
  save({ resends, session }: Connection): void {
    const { sessions, now } = this.#parts;
    if (resends?.isSaved === false) sessions.resends.save(session, resends.calls, now(), now() - sessionLife);
  }

  /** Has forgotten what nobody will ask for. It must be on disk that it is refused. */
  forget(connection: Connection): void {
    const { resends, session } = connection;
    if (resends === null || resends.calls.forgotten < connection.forgottenUpTo) return;
    connection.forgottenUpTo = resends.calls.forgotten + 1;
    this.#parts.forgetOutcomes(session, resends.calls.forgotten);
  }

  #mutate(connection: Connection, message: CallMessage): void {
    const { requests, sessions, room } = this.#parts;
    connection.resends ??= new ResendBound(sessions.resends.find(connection.session), false);
    if (connection.resends.take(message.id)) return requests.mutate(connection, message);
    connection.finish(message.id, { ok: false, error: forgotten }, 0);
    room.saveSoon(connection);
  }

  #authenticate(connection: Connection, voice: ConvexVoice, base: number, claim: Claim): void {
    const { room, introductions } = this.#parts;
    const refused = (error: WireError): void => room.end(connection, voice.refuseIdentity(error, base));
    const words = { accepted: () => {}, refused };
    switch (claim.by) {
      case 'nobody':
        return introductions.leave(connection, words);
      case 'admin':
        return refused(adminRefused);
      case 'user':
        return introductions.meet(connection, claim.token, words);
      default:
        claim satisfies never;
    }
  }
}

function outOfTurn(message: ConvexMessage): BetterBaseError {
  if (message.type === 'connect')
    return new BetterBaseError('protocol/bad-message', 'This connection is connected already.', { hint: 'Say `Connect` once.' });
  return new BetterBaseError('protocol/not-connected', 'The first message must be `Connect`.', {
    hint: 'Say `Connect` before anything else.',
  });
}
