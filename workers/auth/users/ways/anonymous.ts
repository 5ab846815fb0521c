import type { AuthSettings } from '@betterbase/protocol/auth';
import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { addOAuthServerContext, createAuthMiddleware, getOAuthState, getSessionFromCtx } from 'better-auth/api';
import { anonymous } from 'better-auth/plugins/anonymous';
import { currentCall } from '../../current-call.ts';

/**
 * People who begin without an account. One that they make is theirs under the id they had; where they sign in to one that was
 * there before, the app may move what they had.
 */
export function anonymousUsers(project: string, settings: AuthSettings): BetterAuthPlugin {
  const plugin = anonymous({
    emailDomainName: `${project}.anonymous.invalid`,
    // Whoever has no account any more is taken away together with what they had, or not at all.
    disableDeleteAnonymousUser: true,
    onLinkAccount: async ({ anonymousUser: { user: before }, newUser: { user: now } }) => {
      if (before.id === now.id) return;
      const call = currentCall();
      call.anonymous = { id: before.id, merged: (await call.merge?.(before.id, now.id)) ?? false };
    },
  });
  const before = async (
    user: Readonly<Record<string, unknown>>,
    context: GenericEndpointContext | null,
  ): Promise<{ data: Record<string, unknown> } | undefined> => {
    const { upgrading } = currentCall();
    const asking = user['isAnonymous'] === true || upgrading === null ? null : await whoAsks(context);
    if (asking === null || upgrading === null) return undefined;
    // No session follows: until the address is confirmed it is nobody's.
    if (settings.require_email_verification && context?.path === '/sign-up/email') return { data: { ...user, upgrades: asking } };
    await upgrading.begin(asking);
    return undefined;
  };
  return {
    ...plugin,
    schema: {
      user: { fields: { ...plugin.schema.user.fields, upgrades: { type: 'string', required: false, input: false, returned: false } } },
    },
    hooks: { ...plugin.hooks, before: [{ matcher: ({ path }) => path === '/sign-in/social', handler: rememberVisitor }] },
    init: () => ({ options: { databaseHooks: { user: { create: { before } } } } }),
  };
}

/** Goes along to the issuer and back. The plugin's own way looks for a cookie, which nobody has here. */
const rememberVisitor = createAuthMiddleware(async () => {
  const { visitor } = currentCall();
  if (visitor !== undefined) await addOAuthServerContext({ anonymousUserId: visitor });
});

/** The user without an account who asks; null: somebody else. */
async function whoAsks(context: GenericEndpointContext | null): Promise<string | null> {
  if (context === null) return null;
  const known = (await getSessionFromCtx(context, { disableRefresh: true }))?.user;
  if (known !== undefined) return known['isAnonymous'] === true ? known.id : null;
  // Back from an issuer, with whom the visit began as somebody.
  const id = (await getOAuthState())?.serverContext?.['anonymousUserId'];
  return typeof id === 'string' ? id : null;
}
