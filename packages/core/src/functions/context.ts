/** What functions get as `ctx`, by kind. */
import type { GenericDataModel } from '../schema/data-model.ts';
import type { Auth } from './auth.ts';
import type { DatabaseReader, DatabaseWriter } from './database.ts';
import type { ActionMeta, MutationMeta, QueryMeta } from './function-meta.ts';
import type { VectorSearch } from './vector-search.ts';
import type { FunctionReference, FunctionReturnType, OptionalArgs } from './function-reference.ts';
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

export interface QueryCtx<Model extends GenericDataModel> {
  readonly db: DatabaseReader<Model>;
  readonly auth: Auth;
  readonly meta: QueryMeta;
  readonly runQuery: RunQuery;
}

export interface MutationCtx<Model extends GenericDataModel> {
  readonly db: DatabaseWriter<Model>;
  readonly auth: Auth;
  readonly meta: MutationMeta;
  readonly runQuery: RunQuery;
  /** In this mutation's transaction. If it throws and you catch, only its own writes are taken back. */
  readonly runMutation: RunMutation;
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
