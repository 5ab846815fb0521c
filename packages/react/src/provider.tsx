import type { BetterBaseClient, ClientOptions } from '@betterbase/client';
import { createContext, type ReactNode, useContext } from 'react';
import { outsideOf } from './outside-of.ts';
import { useOwnClient } from './own-client.ts';

/** Either a client the app made itself, or what to make one of: then it lives as long as the provider. */
export type ProviderProps = { readonly children?: ReactNode } & (
  | { readonly client: BetterBaseClient }
  | { readonly config: ClientOptions }
  | ClientOptions
);

const ClientContext = createContext<BetterBaseClient | null>(null);

/**
 * Gives the components below it their project.
 *
 * @example <BetterBaseReactProvider url="https://api.example.com/p/shop"><App /></BetterBaseReactProvider>
 */
export function BetterBaseReactProvider(props: ProviderProps): ReactNode {
  const given = 'client' in props ? props.client : null;
  const options = 'config' in props ? props.config : 'url' in props ? props : null;
  const own = useOwnClient(options);
  return <ClientContext.Provider value={given ?? own}>{props.children}</ClientContext.Provider>;
}

/**
 * The client of the nearest provider.
 *
 * @throws BetterBaseError `config/invalid` outside of any.
 */
export function useClient(): BetterBaseClient {
  const client = useContext(ClientContext);
  if (client !== null) return client;
  throw outsideOf('BetterBaseReactProvider');
}
