import { useMemo } from 'react';
import { useConnectionState } from '../use-connection-state.ts';

/** The state of the connection under Convex's names. */
export interface ConvexConnectionState {
  readonly isWebSocketConnected: boolean;
  readonly hasInflightRequests: boolean;
  readonly timeOfOldestInflightRequest: Date | null;
  readonly hasEverConnected: boolean;
  readonly connectionCount: number;
  readonly connectionRetries: number;
  readonly inflightMutations: number;
  readonly inflightActions: number;
}

export function useConvexConnectionState(): ConvexConnectionState {
  const state = useConnectionState();
  return useMemo(
    () => ({
      isWebSocketConnected: state.isConnected,
      hasInflightRequests: state.oldestCallAt !== null,
      timeOfOldestInflightRequest: state.oldestCallAt === null ? null : new Date(state.oldestCallAt),
      hasEverConnected: state.hasEverConnected,
      connectionCount: state.connections,
      connectionRetries: state.retries,
      inflightMutations: state.mutationsInFlight,
      inflightActions: state.actionsInFlight,
    }),
    [state],
  );
}
