/**
 * What client and server say on a WebSocket at `/p/<project>/realtime`. JSON text frames.
 *
 * Always true:
 * - `connect` is the client's first message and `connected` the server's first.
 * - A transition applies only if its `from` is the version the client is at (0 after `connected`). It moves all of the
 *   client's queries to `to` together. Mutations finished by then are listed in it, so that an optimistic update and its
 *   real result change places in one step.
 * - A session's mutations run one at a time in the order of their ids (1, 2, 3 …), each exactly once: a resend of an id
 *   that has an outcome is answered with that outcome. Actions are never sent twice.
 * - Whatever follows an `authenticate` is done as the one whose token it shows. If the token is refused the connection ends
 *   with `fatal`, and nothing that followed was done. When the token expires it ends too, unless another was shown before.
 *   A resumed session does not bring back who its client was.
 * - Values are encoded (see `@betterbase/core` encode.ts).
 */
import type { EncodedValue } from '@betterbase/core';
import type { WireError } from './wire-error.ts';

export const protocolVersion = 1;

/** The server closes a connection that sends a larger frame. Bytes of UTF-8. */
export const maxFrameBytes = 8 * 1024 * 1024;

/** A server sends at most this many unacknowledged transitions, then waits and sends the newest state only. */
export const maxUnacknowledged = 64;
/** A client acknowledges when it has applied this many transitions since its last acknowledgement. */
export const acknowledgeEvery = 32;

/**
 * A server waits also while transitions of this many characters are unacknowledged, if the client has said in `connect` that
 * it acknowledges often enough. One transition may be longer.
 */
export const maxUnacknowledgedCharacters = 1024 * 1024;
/** A client acknowledges also when frames of this many characters have come since its last acknowledgement. */
export const acknowledgeCharacters = 256 * 1024;

/** Text frames answered by the platform without waking the object. */
export const pingFrame = 'ping';
export const pongFrame = 'pong';

export interface WatchRequest {
  /** Chosen by the client; unique among its open subscriptions. */
  readonly id: number;
  readonly path: string;
  readonly args: EncodedValue;
  /** The hash of the answer the client already holds. If the answer is still that, only `same` is sent. */
  readonly hash?: string;
  /** What the newest answer the client got had as `journal`: its pages keep their ends. */
  readonly journal?: string;
}

export type ClientMessage =
  /**
   * `session`: the one to go on with, or null for a new one. `version`: the highest version ever seen, 0 at first.
   * `acknowledgeCharacters`: the client acknowledges after frames of so many characters; absent: it counts transitions only.
   */
  | {
      readonly type: 'connect';
      readonly protocol: number;
      readonly session: string | null;
      readonly version: number;
      readonly client: string;
      readonly acknowledgeCharacters?: number;
    }
  /** Who the client is from now on; null: nobody. `id`: above all before on this connection. */
  | { readonly type: 'authenticate'; readonly id: number; readonly token: string | null }
  | { readonly type: 'watch'; readonly add: readonly WatchRequest[]; readonly remove: readonly number[] }
  | { readonly type: 'mutation'; readonly id: number; readonly path: string; readonly args: EncodedValue }
  | { readonly type: 'action'; readonly id: number; readonly path: string; readonly args: EncodedValue }
  /** `version`: newest transition applied. `finished`: highest mutation id up to which all outcomes have arrived. */
  | { readonly type: 'acknowledge'; readonly version: number; readonly finished: number };

export type AnswerChange =
  /** `journal`: where the pages in it end, if it has pages. The client brings it back when it asks again. */
  | { readonly id: number; readonly value: EncodedValue; readonly hash: string; readonly journal?: string }
  | { readonly id: number; readonly error: WireError; readonly hash: string; readonly journal?: string }
  /** The answer whose hash the client gave in `watch` is still right. */
  | { readonly id: number; readonly same: true };

export type FinishedCall = { readonly id: number; readonly value: EncodedValue } | { readonly id: number; readonly error: WireError };

export type ServerMessage =
  /**
   * `resumed`: the server knows the session and all its outcomes. When false although the client gave a session, that
   * session has expired: whatever was sent on it and not answered has an unknown outcome and must not be sent again.
   */
  | { readonly type: 'connected'; readonly session: string; readonly resumed: boolean; readonly protocol: number }
  | {
      readonly type: 'transition';
      readonly from: number;
      readonly to: number;
      readonly changes: readonly AnswerChange[];
      readonly finished: readonly FinishedCall[];
      /** Here takes effect who the client said it is: the `id` of its `authenticate`. All answers are for that one from now on. */
      readonly identity?: number;
    }
  | { readonly type: 'action-finished'; readonly id: number; readonly value: EncodedValue }
  | { readonly type: 'action-finished'; readonly id: number; readonly error: WireError }
  /** The connection is over; a close frame with the code's `closeCode` follows. `retry`: whether to connect again; later if absent. */
  | { readonly type: 'fatal'; readonly error: WireError; readonly retry?: 'never' | 'now' | 'later' };
