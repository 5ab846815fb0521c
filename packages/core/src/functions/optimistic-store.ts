import type { FunctionArgs, FunctionReference, FunctionReturnType, OptionalArgs } from './function-reference.ts';

/** The results of queries that a client shows right now, as an optimistic update may change them. */
export interface OptimisticStore {
  /** The result of a query that is being watched; undefined if it is not, or has not loaded. */
  getQuery<Ref extends FunctionReference<'query'>>(query: Ref, ...args: OptionalArgs<Ref>): FunctionReturnType<Ref> | undefined;

  /** The results of one query for all arguments that are being watched. */
  getAllQueries<Ref extends FunctionReference<'query'>>(
    query: Ref,
  ): readonly { readonly args: FunctionArgs<Ref>; readonly value: FunctionReturnType<Ref> | undefined }[];

  /** Shows `value` until the mutation's real result is there. Make a new value; never change the one `getQuery` gave. */
  setQuery<Ref extends FunctionReference<'query'>>(query: Ref, args: FunctionArgs<Ref>, value: FunctionReturnType<Ref> | undefined): void;
}
