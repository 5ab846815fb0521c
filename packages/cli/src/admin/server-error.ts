import { BetterBaseError, isErrorCode } from '@betterbase/core';
import { isRecord } from '../json/is-record.ts';

/** An error as a server tells it, as the error it is. */
export function parseServerError(body: unknown, status: number): BetterBaseError {
  const told = isRecord(body) && isRecord(body['error']) ? body['error'] : body;
  if (!isRecord(told)) return unknownAnswer(status);
  const { code, message, error, hint, suggestion, details } = told;
  const text = firstText(message, error);
  if (typeof code !== 'string' || !isErrorCode(code) || text === undefined) return unknownAnswer(status);
  const advice = firstText(hint, suggestion);
  return new BetterBaseError(code, text, {
    ...(advice === undefined ? {} : { hint: advice }),
    ...(details === undefined ? {} : { details }),
  });
}

function firstText(...candidates: readonly unknown[]): string | undefined {
  return candidates.find((candidate) => typeof candidate === 'string');
}

function unknownAnswer(status: number): BetterBaseError {
  return new BetterBaseError('connection/lost', `The server answered with status ${status} and nothing we understand.`, {
    hint: 'Is this the address of a BetterBase server, and is it as new as this bb?',
  });
}
