import type { Value } from '@betterbase/core';
import type { CallError } from './outcome.ts';

/** What is known of a query now. `data` stays while the client reconnects, and stays beside an error that follows it. */
export type QueryState<Data = Value> =
  | { readonly status: 'loading'; readonly data: undefined; readonly error: null }
  | { readonly status: 'success'; readonly data: Data; readonly error: null }
  | { readonly status: 'error'; readonly data: Data | undefined; readonly error: CallError };

export const loading: QueryState<never> = { status: 'loading', data: undefined, error: null };

export function success<Data>(data: Data): QueryState<Data> {
  return { status: 'success', data, error: null };
}

export function failure<Data>(error: CallError, before: QueryState<Data>): QueryState<Data> {
  return { status: 'error', data: before.data, error };
}
