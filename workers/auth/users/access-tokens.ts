/** Short-lived tokens that say who is calling. */
import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { parseUserOutput } from 'better-auth/db';
import { currentCall } from '../current-call.ts';
import { getJwtToken, type JwtOptions } from 'better-auth/plugins/jwt';

/** Seconds. */
const tokenLife = 15 * 60;
const rotation = 30 * 24 * 60 * 60;
/** Longer than any token lives. */
const keyGrace = 24 * 60 * 60;

/** What a token says, beside whose it is. */
export function accessTokens(issuer: string): JwtOptions {
  return {
    disableSettingJwtHeader: true,
    jwks: { keyPairConfig: { alg: 'EdDSA', crv: 'Ed25519' }, rotationInterval: rotation, gracePeriod: keyGrace },
    jwt: {
      issuer,
      audience: issuer,
      definePayload: ({ user, session }) => ({
        exp: Math.min(Math.floor(Date.now() / 1000) + tokenLife, Math.floor(session.expiresAt.getTime() / 1000)),
        sid: session.id,
        name: user.name,
        email: user.email,
        email_verified: user.emailVerified,
        ...toldOf(user),
      }),
      getSubject: ({ user }) => user.id,
    },
  };
}

/** Told only if there is something to tell, and no picture itself: tokens are sent with every call. */
function toldOf({ image, role }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return {
    ...(typeof image === 'string' && image.startsWith('https:') ? { picture: image } : {}),
    ...(typeof role === 'string' ? { role } : {}),
  };
}

/** Whoever signs in, or asks who is signed in, is told as `accessToken`, and who they are. */
export function tellAccess(options: JwtOptions): BetterAuthPlugin {
  return {
    id: 'tell-access',
    hooks: {
      after: [
        {
          matcher: () => true,
          handler: createAuthMiddleware(async (context) => {
            const { newSession, session: known } = context.context;
            const signedIn = newSession ?? (context.path === '/get-session' ? known : null);
            if (signedIn === null || signedIn === undefined) return;
            context.context.session = signedIn;
            const user = parseUserOutput(context.context.options, signedIn.user);
            // What the database knows it by is no session: the one that is shown is signed.
            const { token: _, ...session } = signedIn.session;
            currentCall().told = { user, session, accessToken: await getJwtToken(context, options) };
          }),
        },
      ],
    },
  };
}
