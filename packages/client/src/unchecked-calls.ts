import { type AnyValue, BetterBaseError, decodeValue, type OptimisticStore, type Value } from '@betterbase/core';
import { asPromised, encodeArgs, type FunctionLike, pathOf } from './function-call.ts';
import type { LazyHttpCalls } from './http/lazy-http-calls.ts';
import type { Link } from './link.ts';
import { ObservedQuery } from './observed-query.ts';
import { createOptimisticStore } from './optimistic-store.ts';
import type { Layer } from './sync/optimistic-layers.ts';
import { toQueryCall } from './sync/query-call.ts';

export type AnyUpdate = (store: OptimisticStore, args: AnyValue) => unknown;

export interface AnyMutationOptions {
  readonly optimistic?: AnyUpdate | undefined;
  readonly optimisticUpdate?: AnyUpdate | undefined;
}

/** Calls whose arguments and results the compiler does not check. */
export interface UncheckedCalls {
  observe<Data>(ref: FunctionLike<'query'>, args: unknown): ObservedQuery<Data>;
  mutation<Result>(ref: FunctionLike<'mutation'>, args: unknown, options?: AnyMutationOptions): Promise<Result>;
  action<Result>(ref: FunctionLike<'action'>, args: unknown): Promise<Result>;
}

interface Parts {
  readonly link: Link;
  /** Where mutations and actions go instead if there are no sockets. */
  readonly http: LazyHttpCalls | null;
  /** Updates by the path of their mutation. */
  readonly optimistic: ReadonlyMap<string, AnyUpdate>;
}

export function createUncheckedCalls({ link, http, optimistic }: Parts): UncheckedCalls {
  return {
    observe(ref, args) {
      const path = pathOf(ref);
      return new ObservedQuery(link, toQueryCall(path, encodeArgs(path, args)));
    },
    async mutation(ref, args, options = {}) {
      const path = pathOf(ref);
      const encoded = encodeArgs(path, args);
      if (http !== null) return asPromised(await http('mutation', { path, args: encoded }));
      const update = options.optimistic ?? options.optimisticUpdate ?? optimistic.get(path);
      const layer = update && toLayer(path, update, decodeValue(encodeArgs(path, args)));
      return asPromised(await link.mutation(path, encoded, layer));
    },
    async action(ref, args) {
      const path = pathOf(ref);
      const encoded = encodeArgs(path, args);
      return asPromised(await (http === null ? link.action(path, encoded) : http('action', { path, args: encoded })));
    },
  };
}

function toLayer(path: string, update: AnyUpdate, args: Value): Layer {
  return (results) => {
    const returned = update(createOptimisticStore(results), args);
    if (returned instanceof Promise) {
      throw new BetterBaseError('function/not-allowed-here', `The optimistic update of "${path}" is asynchronous.`, {
        hint: 'It changes what is shown now: read with store.getQuery and write with store.setQuery, without await.',
      });
    }
  };
}
