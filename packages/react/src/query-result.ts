import type { CallError, ObservedQuery, QueryState } from '@betterbase/client';

interface Shared<Data> {
  /** Asks the server again and resolves with its answer. Results stay fresh without it. */
  readonly refetch: () => Promise<Data | undefined>;
}

interface Loading<Data> extends Shared<Data> {
  readonly status: 'loading';
  readonly data: undefined;
  readonly error: null;
  readonly isLoading: true;
  readonly isError: false;
}

interface Success<Data> extends Shared<Data> {
  readonly status: 'success';
  readonly data: Data;
  readonly error: null;
  readonly isLoading: false;
  readonly isError: false;
}

interface Failure<Data> extends Shared<Data> {
  readonly status: 'error';
  /** The last good result, if there was one. */
  readonly data: Data | undefined;
  readonly error: CallError;
  readonly isLoading: false;
  readonly isError: true;
}

interface Skipped<Data> extends Shared<Data> {
  readonly status: 'skipped';
  readonly data: undefined;
  readonly error: null;
  readonly isLoading: false;
  readonly isError: false;
}

/** What a component knows of a query. `data` stays while the client reconnects. */
export type QueryResult<Data> = Loading<Data> | Success<Data> | Failure<Data> | Skipped<Data>;

export function toResult<Data>(state: QueryState<Data> | null, query: ObservedQuery<Data> | null): QueryResult<Data> {
  const refetch = async (): Promise<Data | undefined> => await query?.refetch();
  if (state === null) return { status: 'skipped', data: undefined, error: null, isLoading: false, isError: false, refetch };
  switch (state.status) {
    case 'loading':
      return { ...state, isLoading: true, isError: false, refetch };
    case 'success':
      return { ...state, isLoading: false, isError: false, refetch };
    case 'error':
      return { ...state, isLoading: false, isError: true, refetch };
    default:
      return state satisfies never;
  }
}
