/** The one place where text from a socket becomes a message we trust. */
import { BetterBaseError, isPlainObject } from '@betterbase/core';
import { maxFrameBytes } from '@betterbase/protocol';

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
  | { readonly type: 'connect'; readonly protocol: number; readonly session: string | null }
  | { readonly type: 'watch'; readonly add: readonly WatchWish[]; readonly remove: readonly number[] }
  | CallMessage
  | { readonly type: 'acknowledge'; readonly version: number; readonly finished: number };

/** @throws BetterBaseError `protocol/binary-frame`, `protocol/frame-too-large`, `protocol/bad-message` */
export function parseClientMessage(frame: string | ArrayBuffer): IncomingMessage {
  if (typeof frame !== 'string') {
    throw new BetterBaseError('protocol/binary-frame', 'The server got a binary frame.', { hint: 'Send JSON as text frames.' });
  }
  if (isTooLarge(frame)) {
    throw new BetterBaseError('protocol/frame-too-large', `A frame may be at most ${maxFrameBytes} bytes long.`, {
      hint: 'Send large data in several calls, or as a file.',
    });
  }
  const message = parseObject(frame);
  switch (message['type']) {
    case 'connect':
      return { type: 'connect', protocol: naturalNumber(message, 'protocol'), session: stringOrNull(message, 'session') };
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

function parseObject(text: string): Record<string, unknown> {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch (cause) {
    throw new BetterBaseError('protocol/bad-message', 'A frame is not JSON.', { cause });
  }
  if (!isPlainObject(message)) throw badMessage('A message must be an object.');
  return message;
}

function parseId(id: unknown): number {
  if (typeof id === 'number' && Number.isSafeInteger(id) && id > 0) return id;
  throw badMessage(`An id must be a whole number above 0, not ${short(id)}.`);
}

function naturalNumber(message: Record<string, unknown>, field: string): number {
  const value = message[field];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw badMessage(`\`${field}\` must be a whole number, not ${short(value)}.`);
}

function string(message: Record<string, unknown>, field: string): string {
  const value = message[field];
  if (typeof value === 'string') return value;
  throw badMessage(`\`${field}\` must be a string, not ${short(value)}.`);
}

function stringOrNull(message: Record<string, unknown>, field: string): string | null {
  return message[field] === null || message[field] === undefined ? null : string(message, field);
}

function list(message: Record<string, unknown>, field: string): readonly unknown[] {
  const value = message[field];
  if (Array.isArray(value)) return value;
  throw badMessage(`\`${field}\` must be a list, not ${short(value)}.`);
}

function isTooLarge(text: string): boolean {
  if (text.length * 3 <= maxFrameBytes) return false;
  return text.length > maxFrameBytes || new TextEncoder().encode(text).byteLength > maxFrameBytes;
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function badMessage(message: string): BetterBaseError {
  return new BetterBaseError('protocol/bad-message', message, { hint: 'Is the client newer than the server?' });
}
