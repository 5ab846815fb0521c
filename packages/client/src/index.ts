/** The client for browsers, Node 22 and newer, and Workers. */
export { BetterBaseClient, BetterBaseClient as IaCClient, type MutationOptions } from './client.ts';
export type { ConnectionState } from './connection-state.ts';
export {
  createClient,
  createClient as createBBFClient,
  createClient as createBetterBaseClient,
  createClient as createIaCClient,
} from './create-client.ts';
export { type ArgsOf, type FunctionLike, type OptimisticUpdate, pathOf, type RestArgs, type ResultOf } from './function-call.ts';
export { isBetterBaseError } from './errors/is-betterbase-error.ts';
export type { ObservedQuery } from './observed-query.ts';
export type { ClientOptions } from './options.ts';
export type { Platform, Socket, SocketClass, Stop } from './platform/platform.ts';
export type { CallError } from './sync/outcome.ts';
export type { QueryState } from './sync/query-state.ts';
export type { AnyMutationOptions, AnyUpdate, UncheckedCalls } from './unchecked-calls.ts';
export type { WatchedQuery } from './watched-query.ts';
export {
  AppError,
  BetterBaseError,
  ConvexError,
  type ErrorCode,
  isAppError,
  type OptimisticStore,
} from '@betterbase/core';
