/** The same hooks in Convex's shapes: values, and errors that are thrown to the error boundary. */
export { BetterBaseReactProvider as ConvexProvider, useClient as useConvex } from '../provider.tsx';
export {
  Authenticated,
  AuthLoading,
  AuthRefreshing,
  type AuthState as ConvexAuthState,
  BetterBaseAuthProvider as ConvexProviderWithAuth,
  Unauthenticated,
  useAuth as useConvexAuth,
} from '../auth/index.ts';
export { type ReactAction, useAction } from './use-action.ts';
export { type ConvexConnectionState, useConvexConnectionState } from './use-convex-connection-state.ts';
export { type ReactMutation, useMutation } from './use-mutation.ts';
export {
  insertAtBottomIfLoaded,
  insertAtPosition,
  type InsertAtPositionOptions,
  insertAtTop,
  type InsertOptions,
  optimisticallyUpdateValueInPaginatedQuery,
  resetPaginationId,
} from './optimistic-pages.ts';
export type { ItemOf as PaginatedQueryItem, ListingArgs as PaginatedQueryArgs, PaginatedQueryReference } from '../pages/paginated.ts';
export { usePaginatedQuery, type UsePaginatedQueryResult, type UsePaginatedQueryReturnType } from './use-paginated-query.ts';
export { useQueries } from './use-queries.ts';
export { useQuery } from './use-query.ts';
