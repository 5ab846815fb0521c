import { encodeValue, isAppError, isBetterBaseError } from '@betterbase/core';
import type { WireError } from '@betterbase/protocol';

export interface Failure {
  readonly error: WireError;
  /** For the log only. */
  readonly stack?: string;
}

/**
 * What the caller is told of something that was thrown, and what the log keeps.
 * A plain error's message goes to the caller only where the app is being developed.
 */
export function toFailure(
  thrown: unknown,
  at: { readonly path: string; readonly requestId: string; readonly isDevelopment: boolean },
): Failure {
  const stack = thrown instanceof Error && thrown.stack !== undefined ? { stack: thrown.stack } : {};
  const { path, requestId } = at;
  if (isAppError(thrown)) {
    try {
      return { error: { code: 'function/app-error', message: thrown.message, data: encodeValue(thrown.data), requestId }, ...stack };
    } catch (unencodable) {
      return toFailure(unencodable, at);
    }
  }
  if (isBetterBaseError(thrown)) {
    const { code, message, hint, details } = thrown;
    return {
      error: { code, message, ...(hint === undefined ? {} : { hint }), ...(details === undefined ? {} : { details }), requestId },
      ...stack,
    };
  }
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : `It threw ${describeThrown(thrown)}.`;
  const message = at.isDevelopment ? `\`${path}\` failed. ${text}` : `\`${path}\` failed.`;
  const hint = at.isDevelopment
    ? 'To tell callers something on purpose, throw new AppError(data).'
    : 'The details are in the project’s logs, under the request id.';
  return { error: { code: 'function/threw', message, hint, requestId }, ...stack };
}

function describeThrown(thrown: unknown): string {
  return typeof thrown === 'string' ? JSON.stringify(thrown) : Object.prototype.toString.call(thrown);
}
