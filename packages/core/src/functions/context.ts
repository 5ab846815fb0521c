/** What functions get as `ctx`, by kind. */
import type { GenericDataModel } from '../schema/data-model.ts';
import type { Auth } from './auth.ts';
import type { DatabaseReader, DatabaseWriter } from './database.ts';
import type { ActionMeta, MutationMeta, QueryMeta, TransactionLimits } from './function-meta.ts';
import type { VectorSearch } from './vector-search.ts';
import type { ArgsAndOptions, FunctionReference, FunctionReturnType, OptionalArgs } from './function-reference.ts';
import type { Scheduler } from './scheduler.ts';

/** Runs a query at the moment that this function sees. */
export type RunQuery = <Ref extends FunctionReference<'query'>>(query: Ref, ...args: OptionalArgs<Ref>) => Promise<FunctionReturnType<Ref>>;
export type RunMutation = <Ref extends FunctionReference<'mutation'>>(
  mutation: Ref,
  ...args: OptionalArgs<Ref>
) => Promise<FunctionReturnType<Ref>>;
export type RunAction = <Ref extends FunctionReference<'action'>>(
  action: Ref,
  ...args: OptionalArgs<Ref>
) => Promise<FunctionReturnType<Ref>>;

export type RunInside<Kind extends 'query' | 'mutation', Options> = <Ref extends FunctionReference<Kind>>(
  reference: Ref,
  ...args: ArgsAndOptions<Ref, Options>
) => Promise<FunctionReturnType<Ref>>;

export interface NestedOptions {
  readonly transactionLimits?: TransactionLimits;
}

export interface StaleOption {
  /** Whether it sees only what was committed before the mutation, none of its writes. */
  readonly useStaleSnapshot?: boolean;
}

export interface QueryCtx<Model extends GenericDataModel> {
  readonly db: DatabaseReader<Model>;
  readonly auth: Auth;
  readonly meta: QueryMeta;
  /** In this query's transaction. */
  readonly runQuery: RunInside<'query', NestedOptions>;
}

export interface MutationCtx<Model extends GenericDataModel> {
  readonly db: DatabaseWriter<Model>;
  readonly auth: Auth;
  readonly meta: MutationMeta;
  /** In this mutation's transaction: it sees what was written so far. */
  readonly runQuery: RunInside<'query', NestedOptions & StaleOption>;
  /** In this mutation's transaction. If it throws and you catch, only its own writes are taken back. */
  readonly runMutation: RunInside<'mutation', NestedOptions>;
  readonly scheduler: Scheduler;
}

/** An action has no database: it runs queries and mutations, each a transaction of its own. */
export interface ActionCtx<Model extends GenericDataModel> {
  readonly auth: Auth;
  readonly meta: ActionMeta;
  readonly runQuery: RunQuery;
  readonly runMutation: RunMutation;
  readonly runAction: RunAction;
  readonly vectorSearch: VectorSearch<Model>;
  readonly scheduler: Scheduler;
  /** Exists for the compiler only. */
  readonly _dataModel?: Model;
}
