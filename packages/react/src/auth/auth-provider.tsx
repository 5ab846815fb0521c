import type { BetterBaseClient } from '@betterbase/client';
import { clearAuth, type FetchToken, setAuth } from '@betterbase/client/auth';
import { createContext, type ReactNode, useEffect, useMemo, useState } from 'react';
import { BetterBaseReactProvider, type ProviderProps, useClient } from '../provider.tsx';

/** How it stands with the user. `isLoading`: that is not known yet; then neither of the others is true. */
export interface AuthState {
  readonly isLoading: boolean;
  /** The server has confirmed who the user is. */
  readonly isAuthenticated: boolean;
  /** The server has refused a token that it had confirmed, and another is on its way. */
  readonly isRefreshing: boolean;
}

/** What an integration of an issuer (Clerk, Auth0, your own) says. */
export interface IssuerAuth {
  readonly isLoading: boolean;
  readonly isAuthenticated: boolean;
  /** The same function until the user is another one. */
  readonly fetchAccessToken: FetchToken;
}

export type AuthProviderProps = ProviderProps & {
  /** A hook. */
  readonly useAuth: () => IssuerAuth;
};

export const AuthContext = createContext<AuthState | null>(null);

/**
 * Gives the components below it their project, as the user who is signed in.
 *
 * @example <BetterBaseAuthProvider url="https://api.example.com/p/shop" useAuth={useMyAuth}><App /></BetterBaseAuthProvider>
 */
export function BetterBaseAuthProvider({ useAuth, children, ...rest }: AuthProviderProps): ReactNode {
  return (
    <BetterBaseReactProvider {...rest}>
      <WithAuth useAuth={useAuth}>{children}</WithAuth>
    </BetterBaseReactProvider>
  );
}

/** Null: not known yet. */
type Confirmation = boolean | null;

function WithAuth({ useAuth, children }: Pick<AuthProviderProps, 'useAuth' | 'children'>): ReactNode {
  const issuer = useAuth();
  const client = useClient();
  const [confirmed, setConfirmed] = useState<Confirmation>(null);
  const [isRefreshing, setIsRefreshing] = useState(false);
  const known = issuer.isLoading ? null : issuer.isAuthenticated && confirmed;
  const state = useMemo(
    () => ({ isLoading: known === null, isAuthenticated: known === true, isRefreshing: known === true && isRefreshing }),
    [known, isRefreshing],
  );
  const { fetchAccessToken } = issuer;
  const isSignedIn = !issuer.isLoading && issuer.isAuthenticated;
  const part = { client, isSignedIn, fetchAccessToken, setConfirmed, setIsRefreshing };
  return (
    <AuthContext.Provider value={state}>
      <SignsIn {...part} />
      {children}
      <SignsOut {...part} />
    </AuthContext.Provider>
  );
}

interface Part {
  readonly client: BetterBaseClient;
  readonly isSignedIn: boolean;
  readonly fetchAccessToken: FetchToken;
  readonly setConfirmed: (confirmed: Confirmation) => void;
  readonly setIsRefreshing: (isRefreshing: boolean) => void;
}

/** The first child: its effect runs before those that watch queries, so that none is asked as nobody. */
function SignsIn({ client, isSignedIn, fetchAccessToken, setConfirmed, setIsRefreshing }: Part): null {
  useEffect(() => {
    if (!isSignedIn) return undefined;
    let isCurrent = true;
    setAuth(client, fetchAccessToken, {
      onChange: (isAuthenticated) => isCurrent && setConfirmed(isAuthenticated),
      onRefreshChange: (isRefreshing) => isCurrent && setIsRefreshing(isRefreshing),
    });
    return () => {
      isCurrent = false;
      setConfirmed(null);
      setIsRefreshing(false);
    };
  }, [client, isSignedIn, fetchAccessToken, setConfirmed, setIsRefreshing]);
  return null;
}

/** The last child: what the others watch is not watched any more when nobody is signed in, and not asked as nobody. */
function SignsOut({ client, isSignedIn, fetchAccessToken }: Part): null {
  useEffect(() => (isSignedIn ? () => clearAuth(client) : undefined), [client, isSignedIn, fetchAccessToken]);
  return null;
}
