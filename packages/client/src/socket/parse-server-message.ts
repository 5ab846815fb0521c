import { BetterBaseError, isPlainObject } from '@betterbase/core';
import type { ServerMessage } from '@betterbase/protocol';

/**
 * The one place where text from the server becomes a message we trust.
 *
 * @throws BetterBaseError `protocol/bad-message`
 */
export function parseServerMessage(text: unknown): ServerMessage {
  const message = typeof text === 'string' ? parseJson(text) : null;
  if (isServerMessage(message)) return message;
  throw new BetterBaseError('protocol/bad-message', `The server sent something that is no message: ${String(text).slice(0, 100)}`);
}

function isServerMessage(message: unknown): message is ServerMessage {
  if (!isPlainObject(message)) return false;
  const { type, id, from, to, changes, finished, identity = 0, session, resumed, protocol } = message;
  switch (type) {
    case 'connected':
      return typeof session === 'string' && typeof resumed === 'boolean' && typeof protocol === 'number';
    case 'transition':
      return (
        typeof from === 'number' &&
        typeof to === 'number' &&
        isListOf(changes, isAnswer) &&
        isListOf(finished, isResult) &&
        typeof identity === 'number'
      );
    case 'action-finished':
      return typeof id === 'number' && isResult(message);
    case 'fatal':
      return isError(message['error']);
    default:
      return false;
  }
}

function isAnswer(change: unknown): boolean {
  return (
    isPlainObject(change) &&
    typeof change['id'] === 'number' &&
    (change['same'] === true || (typeof change['hash'] === 'string' && typeof (change['journal'] ?? '') === 'string' && isResult(change)))
  );
}

function isResult(result: unknown): boolean {
  return isPlainObject(result) && typeof result['id'] === 'number' && ('value' in result || isError(result['error']));
}

function isError(error: unknown): boolean {
  return isPlainObject(error) && typeof error['code'] === 'string' && typeof error['message'] === 'string';
}

function isListOf(list: unknown, isElement: (element: unknown) => boolean): boolean {
  return Array.isArray(list) && list.every(isElement);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Text that is no JSON is no message; the caller says so.
    return null;
  }
}
