import type { ReactNode } from 'react';
import { useAuth } from './use-auth.ts';

interface Children {
  readonly children?: ReactNode;
}

/** Shows its children once the server has confirmed who the user is: queries in them are never asked as nobody. */
export function Authenticated({ children }: Children): ReactNode {
  return useAuth().isAuthenticated ? children : null;
}

/** Shows its children when nobody is signed in. */
export function Unauthenticated({ children }: Children): ReactNode {
  const { isLoading, isAuthenticated } = useAuth();
  return isLoading || isAuthenticated ? null : children;
}

/** Shows its children until it is known whether somebody is signed in. */
export function AuthLoading({ children }: Children): ReactNode {
  return useAuth().isLoading ? children : null;
}

/** Shows its children while a token is replaced that the server has refused. */
export function AuthRefreshing({ children }: Children): ReactNode {
  return useAuth().isRefreshing ? children : null;
}
