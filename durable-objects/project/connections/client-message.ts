/** The one place where text from a socket becomes a message we trust. */
import { isPlainObject } from '@betterbase/core';
import { badMessage, list, naturalNumber, parseFrame, short, string, stringOrNull } from './message-fields.ts';

export interface WatchWish {
  readonly id: number;
  readonly path: string;
  /** JSON text of the argument object. */
  readonly args: string;
  readonly hash: string | null;
  readonly journal: string | null;
}

export interface CallMessage {
  readonly type: 'mutation' | 'action';
  readonly id: number;
  readonly path: string;
  /** JSON text of the argument object. */
  readonly args: string;
}

/** `ClientMessage` of the protocol with its arguments as text, which is how they travel on. */
export type IncomingMessage =
  | {
      readonly type: 'connect';
      readonly protocol: number;
      readonly session: string | null;
      readonly acknowledgeCharacters: number | null;
    }
  | { readonly type: 'authenticate'; readonly id: number; readonly token: string | null }
  | { readonly type: 'watch'; readonly add: readonly WatchWish[]; readonly remove: readonly number[] }
  | CallMessage
  | { readonly type: 'acknowledge'; readonly version: number; readonly finished: number };

/** @throws BetterBaseError `protocol/binary-frame`, `protocol/frame-too-large`, `protocol/bad-message` */
export function parseClientMessage(frame: string | ArrayBuffer): IncomingMessage {
  const message = parseFrame(frame);
  switch (message['type']) {
    case 'connect':
      return {
        type: 'connect',
        protocol: naturalNumber(message, 'protocol'),
        session: stringOrNull(message, 'session'),
        acknowledgeCharacters: message['acknowledgeCharacters'] === undefined ? null : naturalNumber(message, 'acknowledgeCharacters'),
      };
    case 'authenticate':
      return { type: 'authenticate', id: parseId(message['id']), token: stringOrNull(message, 'token') };
    case 'watch':
      return { type: 'watch', add: list(message, 'add').map(parseWish), remove: list(message, 'remove').map(parseId) };
    case 'mutation':
    case 'action':
      return { type: message['type'], id: parseId(message['id']), path: string(message, 'path'), args: parseArgs(message) };
    case 'acknowledge':
      return { type: 'acknowledge', version: naturalNumber(message, 'version'), finished: naturalNumber(message, 'finished') };
    default:
      throw badMessage(`The server does not know messages of type ${short(message['type'])}.`);
  }
}

function parseWish(wish: unknown): WatchWish {
  if (!isPlainObject(wish)) throw badMessage('Each entry of `add` must be an object.');
  const { hash, journal } = wish;
  return {
    id: parseId(wish['id']),
    path: string(wish, 'path'),
    args: parseArgs(wish),
    hash: hash === undefined ? null : string(wish, 'hash'),
    journal: journal === undefined ? null : string(wish, 'journal'),
  };
}

function parseArgs(message: Record<string, unknown>): string {
  const args = message['args'];
  if (args === undefined || args === null) return '{}';
  if (!isPlainObject(args)) throw badMessage('`args` must be an object.');
  return JSON.stringify(args);
}

function parseId(id: unknown): number {
  if (typeof id === 'number' && Number.isSafeInteger(id) && id > 0) return id;
  throw badMessage(`An id must be a whole number above 0, not ${short(id)}.`);
}
