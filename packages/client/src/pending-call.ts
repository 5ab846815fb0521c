import type { EncodedValue, Value } from '@betterbase/core';
import type { Call } from './sync/mutation-queue.ts';
import type { Outcome } from './sync/outcome.ts';

/** A mutation or an action whose caller is waiting. */
export interface PendingCall extends Call {
  /** When it was made, by the platform's clock. */
  readonly since: number;
  readonly promise: Promise<Value>;
  settle(outcome: Outcome): void;
}

export function createPendingCall(path: string, args: EncodedValue, since: number): PendingCall {
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  const settle = (outcome: Outcome): void => (outcome.ok ? resolve(outcome.value) : reject(outcome.error));
  return { path, args, since, promise, settle };
}
