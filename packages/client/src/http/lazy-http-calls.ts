import { BetterBaseError, type Value } from '@betterbase/core';
import type { Call } from '../sync/mutation-queue.ts';
import type { HttpCalls, HttpCallsParts } from './http-calls.ts';

export type LazyHttpCalls = (kind: 'query' | 'mutation' | 'action', call: Call) => Promise<Value>;

/** Calls over HTTP, which are loaded with the first one: most apps watch, and call on the socket. */
export function httpCalls(parts: HttpCallsParts): LazyHttpCalls {
  let loading: Promise<HttpCalls> | null = null;
  return async (kind, call) => {
    loading ??= import('./http-calls.ts').then(
      (module) => new module.HttpCalls(parts),
      (cause: unknown) => {
        loading = null;
        throw new BetterBaseError('connection/lost', 'What makes calls over HTTP could not be loaded.', { cause });
      },
    );
    return (await loading)[kind](call);
  };
}
