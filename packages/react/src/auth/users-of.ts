import type { UserAuth } from '@betterbase/client/auth';
import { useMemo, useSyncExternalStore } from 'react';
import type { IssuerAuth } from './auth-provider.tsx';

/**
 * The project's own users, as `BetterBaseAuthProvider` takes them.
 *
 * @example
 * const client = createClient({ url }); // of @betterbase/client/auth
 * const useUsers = usersOf(client);
 * <BetterBaseAuthProvider client={client} useAuth={useUsers}><App /></BetterBaseAuthProvider>
 */
export function usersOf({ auth }: { readonly auth: Pick<UserAuth, 'session' | 'onAuthStateChange' | 'getToken'> }): () => IssuerAuth {
  const subscribe = (changed: () => void): (() => void) => auth.onAuthStateChange(changed);
  const tokenNow = (): string | null => auth.session?.token ?? null;
  return () => {
    const token = useSyncExternalStore(subscribe, tokenNow, tokenNow);
    return useMemo(
      () => ({
        isLoading: false,
        isAuthenticated: token !== null,
        fetchAccessToken: (wanted: { readonly forceRefreshToken: boolean }) => auth.getToken(wanted),
      }),
      [token],
    );
  };
}
