import { createClient } from '@betterbase/client/users';
import { usersOf } from '@betterbase/react';
import { useSyncExternalStore } from 'react';

export const client = createClient({ url: import.meta.env.VITE_BETTERBASE_URL ?? 'http://localhost:3210/p/notes' });

/** For `BetterBaseAuthProvider`. */
export const useUsers = usersOf(client);

const subscribe = (changed: () => void) => client.auth.onAuthStateChange(changed);

/** Who is signed in, as this device knows it. */
export function useSession() {
  return useSyncExternalStore(subscribe, () => client.auth.session);
}
