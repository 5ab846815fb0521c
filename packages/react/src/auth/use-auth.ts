import { BetterBaseError } from '@betterbase/client';
import { useContext } from 'react';
import { AuthContext, type AuthState } from './auth-provider.tsx';

/**
 * How it stands with the user.
 *
 * @throws BetterBaseError `config/invalid` outside of a provider with auth.
 */
export function useAuth(): AuthState {
  const state = useContext(AuthContext);
  if (state !== null) return state;
  throw new BetterBaseError('config/invalid', 'This component asks who is signed in outside of a provider that knows.', {
    hint: 'Put <BetterBaseAuthProvider url="https://host/p/my-project" useAuth={…}> around the app.',
  });
}
