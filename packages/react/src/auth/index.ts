/** Signed-in users. */
export { type AuthProviderProps, type AuthState, BetterBaseAuthProvider, type IssuerAuth } from './auth-provider.tsx';
export { Authenticated, AuthLoading, AuthRefreshing, Unauthenticated } from './shown-when.tsx';
export { useAuth } from './use-auth.ts';
export { usersOf } from './users-of.ts';
