import type { BetterBaseClient } from '@betterbase/client';
import { useMemo } from 'react';
import { useClient } from './provider.tsx';

/** The project, to call outside of rendering: in event handlers and effects. */
export interface IaC {
  readonly client: BetterBaseClient;
  readonly query: BetterBaseClient['query'];
  readonly mutation: BetterBaseClient['mutation'];
  readonly action: BetterBaseClient['action'];
  readonly config: { readonly url: string };
}

export function useIaC(): IaC {
  const client = useClient();
  return useMemo(
    () => ({
      client,
      query: client.query.bind(client),
      mutation: client.mutation.bind(client),
      action: client.action.bind(client),
      config: { url: client.url },
    }),
    [client],
  );
}
