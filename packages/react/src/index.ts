/** React hooks over `@betterbase/client`: objects that say how a query or a call stands. */
export { BetterBaseReactProvider, BetterBaseReactProvider as BetterbaseProvider, type ProviderProps, useClient } from './provider.tsx';
export * from './auth/index.ts';
export type { CallResult } from './call-result.ts';
export type { QueryResult } from './query-result.ts';
export { useAction } from './use-action.ts';
export { useConnectionState } from './use-connection-state.ts';
export { type IaC, useIaC } from './use-iac.ts';
export { type MutationResult, useMutation } from './use-mutation.ts';
export { type PaginatedQueryResult, usePaginatedQuery } from './use-paginated-query.ts';
export { type QueryRequests, type QueryResults, useQueries } from './use-queries.ts';
export { useQuery } from './use-query.ts';
