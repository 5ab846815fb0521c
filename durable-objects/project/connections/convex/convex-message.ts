/** The one place where text from a Convex client's socket becomes a message we trust. */
import { isPlainObject } from '@betterbase/core';
import { decodeTimestamp } from '@betterbase/protocol';
import type { CallMessage, WatchWish } from '../client-message.ts';
import { badMessage, list, naturalNumber, parseFrame, short, string, stringOrNull } from '../message-fields.ts';

/** Of `Authenticate`: who the client says it is from now on. */
export type Claim =
  | { readonly by: 'nobody' }
  | { readonly by: 'user'; readonly token: string }
  /** With an installation's key, which sockets do not take. */
  | { readonly by: 'admin' };

export type ConvexMessage =
  | {
      readonly type: 'connect';
      /** Lower case; the client has chosen it. */
      readonly session: string;
      /** The newest version that the client has heard of, 0 if none. */
      readonly observed: number;
      /** The client's clock, ms since 1970. */
      readonly clientTime: number | null;
    }
  | { readonly type: 'authenticate'; readonly base: number; readonly claim: Claim }
  | {
      readonly type: 'watch';
      readonly base: number;
      readonly next: number;
      readonly add: readonly WatchWish[];
      readonly remove: readonly number[];
    }
  | CallMessage
  /** Measurements of the client's own. */
  | { readonly type: 'event' };

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** @throws BetterBaseError `protocol/binary-frame`, `protocol/frame-too-large`, `protocol/bad-message` */
export function parseConvexMessage(frame: string | ArrayBuffer): ConvexMessage {
  const message = parseFrame(frame);
  switch (message['type']) {
    case 'Connect':
      return parseConnect(message);
    case 'Authenticate':
      return { type: 'authenticate', base: naturalNumber(message, 'baseVersion'), claim: parseClaim(message) };
    case 'ModifyQuerySet':
      return parseQuerySet(message);
    case 'Mutation':
      return { type: 'mutation', ...parseCall(message, 'requestId') };
    case 'Action':
      return { type: 'action', ...parseCall(message, 'requestId') };
    case 'Event':
      return { type: 'event' };
    default:
      throw badMessage(`The server does not know messages of type ${short(message['type'])}.`);
  }
}

function parseConnect(message: Record<string, unknown>): ConvexMessage {
  const session = string(message, 'sessionId');
  if (!uuid.test(session)) throw badMessage('`sessionId` must be a UUID.');
  const time = message['clientTs'];
  return {
    type: 'connect',
    session: session.toLowerCase(),
    observed: parseTimestamp(stringOrNull(message, 'maxObservedTimestamp')),
    clientTime: typeof time === 'number' && Number.isFinite(time) ? time : null,
  };
}

function parseTimestamp(text: string | null): number {
  const version = text === null ? 0 : decodeTimestamp(text);
  if (version === null) throw badMessage('`maxObservedTimestamp` must be 8 bytes in base64.');
  return version;
}

function parseClaim(message: Record<string, unknown>): Claim {
  switch (message['tokenType']) {
    case 'None':
      return { by: 'nobody' };
    case 'User':
      return { by: 'user', token: string(message, 'value') };
    case 'Admin':
      return { by: 'admin' };
    default:
      throw badMessage(`\`tokenType\` cannot be ${short(message['tokenType'])}.`);
  }
}

function parseQuerySet(message: Record<string, unknown>): ConvexMessage {
  const add: WatchWish[] = [];
  const remove: number[] = [];
  for (const change of list(message, 'modifications')) {
    if (!isPlainObject(change)) throw badMessage('Each modification must be an object.');
    if (change['type'] === 'Add') add.push({ ...parseCall(change, 'queryId'), hash: null, journal: stringOrNull(change, 'journal') });
    else if (change['type'] === 'Remove') remove.push(naturalNumber(change, 'queryId'));
    else throw badMessage(`A query set cannot be changed by ${short(change['type'])}.`);
  }
  return { type: 'watch', base: naturalNumber(message, 'baseVersion'), next: naturalNumber(message, 'newVersion'), add, remove };
}

function parseCall(message: Record<string, unknown>, id: 'requestId' | 'queryId'): Omit<CallMessage, 'type'> {
  const component = stringOrNull(message, 'componentPath') ?? '';
  const path = string(message, 'udfPath');
  // There are no components here: a path that cannot be is refused where paths are looked up.
  return { id: naturalNumber(message, id), path: component === '' ? path : `${component}/!${path}`, args: parseArgs(message) };
}

/** The one argument object comes in a list. */
function parseArgs(message: Record<string, unknown>): string {
  const [args = {}, ...more] = list(message, 'args');
  if (!isPlainObject(args) || more.length > 0) throw badMessage('`args` must be a list of one object.');
  return JSON.stringify(args);
}
