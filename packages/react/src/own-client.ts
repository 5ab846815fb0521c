import { type BetterBaseClient, type ClientOptions, createClient } from '@betterbase/client';
import { useEffect, useMemo, useReducer } from 'react';

/** A client that lives as long as the component; another one when it is to talk to another project. */
export function useOwnClient(options: ClientOptions | null): BetterBaseClient | null {
  const [generation, renew] = useReducer((count: number) => count + 1, 0);
  const identity = options && JSON.stringify([options.url, options.projectSlug, options.key]);
  // `identity` says all of `options` that makes another client necessary.
  // oxlint-disable-next-line react/exhaustive-deps
  const client = useMemo(() => options && createClient(options), [identity, generation]);
  useEffect(() => {
    if (client === null) return undefined;
    // A component that was hidden and is shown again finds its client closed.
    if (client.connectionState().phase === 'closed') renew();
    return closeSoon(client);
  }, [client]);
  return client;
}

const closings = new WeakMap<BetterBaseClient, ReturnType<typeof setTimeout>>();

/** StrictMode takes effects back and runs them again at once: only a client that is not taken up again is closed. */
function closeSoon(client: BetterBaseClient): () => void {
  clearTimeout(closings.get(client));
  return () =>
    closings.set(
      client,
      setTimeout(() => client.close()),
    );
}
