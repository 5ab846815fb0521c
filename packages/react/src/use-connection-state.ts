import type { ConnectionState } from '@betterbase/client';
import { useMemo, useSyncExternalStore } from 'react';
import { useClient } from './provider.tsx';

/** How the client stands with its project: for a banner that says "offline", for instance. */
export function useConnectionState(): ConnectionState {
  const client = useClient();
  const store = useMemo(
    () => ({ subscribe: (listener: () => void) => client.onConnectionState(listener), current: () => client.connectionState() }),
    [client],
  );
  return useSyncExternalStore(store.subscribe, store.current, store.current);
}
