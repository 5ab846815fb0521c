import { useContext } from 'react';
import { outsideOf } from '../outside-of.ts';
import { AuthContext, type AuthState } from './auth-provider.tsx';

/**
 * How it stands with the user.
 *
 * @throws BetterBaseError `config/invalid` outside of a provider with auth.
 */
export function useAuth(): AuthState {
  const state = useContext(AuthContext);
  if (state !== null) return state;
  throw outsideOf('BetterBaseAuthProvider');
}
