/** Who may make a passkey, and how many. */
import type { AuthSettings } from '@betterbase/protocol/auth';
import type { GenericEndpointContext } from 'better-auth';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';

type Middleware = ReturnType<typeof createAuthMiddleware>;

interface Made {
  readonly id: string;
  readonly userId: string;
}

interface PasskeyRules {
  /** Before the device is asked to make one. */
  readonly begin: Middleware;
  /** Before what it made is looked at. */
  readonly end: Middleware;
}

export function passkeyRules(settings: AuthSettings): PasskeyRules {
  return {
    begin: createAuthMiddleware(async (context) => {
      const { context: said } = (context.query ?? {}) as { readonly context?: unknown };
      const session = await getSessionFromCtx(context);
      if (session === null) return assertMayBegin(settings, said !== undefined);
      if (said !== undefined && session.user['isAnonymous'] !== true)
        throw new APIError('BAD_REQUEST', { code: 'ALREADY_SIGNED_IN', message: 'Sign out first, or add a passkey to this account.' });
      assertFresh(context, session.session.createdAt);
      if ((await countOf(context, session.user.id)) >= settings.passkey_max_per_user) throw tooMany(settings);
    }),
    end: createAuthMiddleware(async (context) => {
      const session = await getSessionFromCtx(context);
      // An account that nobody is signed in to afterwards would be of no use.
      if (session === null) return assertMayBegin(settings, isWithSession(context.body));
      assertFresh(context, session.session.createdAt);
    }),
  };
}

/** Of what was made just now: two that were begun at once are counted once they are there. @throws APIError */
export async function assertNotTooMany(context: GenericEndpointContext, made: Made, settings: AuthSettings): Promise<void> {
  if ((await countOf(context, made.userId)) <= settings.passkey_max_per_user) return;
  await context.context.adapter.delete({ model: 'passkey', where: [{ field: 'id', value: made.id }] });
  throw tooMany(settings);
}

function assertMayBegin({ passkey_sign_up_enabled: isAllowed, allowed_email_domains: domains }: AuthSettings, isSignUp: boolean): void {
  if (!isAllowed || !isSignUp) throw new APIError('UNAUTHORIZED', { code: 'SESSION_REQUIRED', message: 'Sign in first.' });
  if (domains.length > 0)
    throw new APIError('FORBIDDEN', { code: 'EMAIL_DOMAIN_NOT_ALLOWED', message: 'Accounts here begin with an e-mail address.' });
}

function isWithSession(body: unknown): boolean {
  return (body as { readonly createSession?: unknown } | undefined)?.createSession === true;
}

function assertFresh({ context }: GenericEndpointContext, createdAt: Date): void {
  const { freshAge } = context.sessionConfig;
  if (freshAge !== 0 && Date.now() - new Date(createdAt).getTime() >= freshAge * 1000)
    throw new APIError('FORBIDDEN', { code: 'SESSION_NOT_FRESH', message: 'Sign in again first.' });
}

async function countOf({ context }: GenericEndpointContext, userId: string): Promise<number> {
  return await context.adapter.count({ model: 'passkey', where: [{ field: 'userId', value: userId }] });
}

function tooMany({ passkey_max_per_user: most }: AuthSettings): APIError {
  return new APIError('FORBIDDEN', { code: 'TOO_MANY_PASSKEYS', message: `An account has ${most} passkeys at most: remove one first.` });
}
