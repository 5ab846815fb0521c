/** What the device is asked, where better-auth asks for something else: how sure to be of its user, and the name they go by. */
import type { AuthSettings } from '@betterbase/protocol/auth';
import { createAuthMiddleware, isAPIError } from 'better-auth/api';
import type { AfterHook } from './after-registration.ts';

export function askedOfDevice({ passkey_user_verification: userVerification }: AuthSettings): readonly AfterHook[] {
  return [
    {
      matcher: ({ path }) => path === '/passkey/generate-authenticate-options',
      handler: createAuthMiddleware(async ({ json, context: { returned } }) => {
        if (typeof returned !== 'object' || isAPIError(returned)) return undefined;
        return await json({ ...returned, userVerification });
      }),
    },
    {
      matcher: ({ path }) => path === '/passkey/generate-register-options',
      handler: createAuthMiddleware(async ({ json, context: { returned, session } }) => {
        if (typeof returned !== 'object' || isAPIError(returned)) return undefined;
        const { user } = returned as { readonly user: { readonly id: string; readonly name: string } };
        const { name = user.name, email = '' } = session?.user ?? {};
        const hasAddress = email !== '' && !email.endsWith('.invalid');
        const shown = (hasAddress ? email : name) || 'Passkey';
        return await json({ ...returned, user: { ...user, name: shown, displayName: name || shown } });
      }),
    },
  ];
}
