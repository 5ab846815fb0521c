/** Reads what a client says, which is not trusted yet. */
import { BetterBaseError, isPlainObject } from '@betterbase/core';
import { maxFrameBytes } from '@betterbase/protocol';

/** @throws BetterBaseError `protocol/binary-frame`, `protocol/frame-too-large`, `protocol/bad-message` */
export function parseFrame(frame: string | ArrayBuffer): Record<string, unknown> {
  if (typeof frame !== 'string') {
    throw new BetterBaseError('protocol/binary-frame', 'The server got a binary frame.', { hint: 'Send JSON as text frames.' });
  }
  if (isTooLarge(frame)) {
    throw new BetterBaseError('protocol/frame-too-large', `A frame may be at most ${maxFrameBytes} bytes long.`, {
      hint: 'Send large data in several calls, or as a file.',
    });
  }
  return parseObject(frame);
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

export function naturalNumber(message: Record<string, unknown>, field: string): number {
  const value = message[field];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw badMessage(`\`${field}\` must be a whole number, not ${short(value)}.`);
}

export function string(message: Record<string, unknown>, field: string): string {
  const value = message[field];
  if (typeof value === 'string') return value;
  throw badMessage(`\`${field}\` must be a string, not ${short(value)}.`);
}

export function stringOrNull(message: Record<string, unknown>, field: string): string | null {
  return message[field] === null || message[field] === undefined ? null : string(message, field);
}

export function list(message: Record<string, unknown>, field: string): readonly unknown[] {
  const value = message[field];
  if (Array.isArray(value)) return value;
  throw badMessage(`\`${field}\` must be a list, not ${short(value)}.`);
}

function isTooLarge(text: string): boolean {
  if (text.length * 3 <= maxFrameBytes) return false;
  return text.length > maxFrameBytes || new TextEncoder().encode(text).byteLength > maxFrameBytes;
}

export function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

export function badMessage(message: string): BetterBaseError {
  return new BetterBaseError('protocol/bad-message', message, { hint: 'Is the client newer than the server?' });
}
