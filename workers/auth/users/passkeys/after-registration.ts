import type { AuthSettings } from '@betterbase/protocol/auth';
import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware, isAPIError } from 'better-auth/api';
import { assertNotTooMany } from './passkey-rules.ts';

export type AfterHook = NonNullable<NonNullable<BetterAuthPlugin['hooks']>['after']>[number];

export function afterRegistration(settings: AuthSettings): AfterHook {
  return {
    matcher: ({ path }) => path === '/passkey/verify-registration',
    handler: createAuthMiddleware(async (context) => {
      const { returned } = context.context;
      if (typeof returned !== 'object' || isAPIError(returned)) return;
      await assertNotTooMany(context, returned as { readonly id: string; readonly userId: string }, settings);
    }),
  };
}
