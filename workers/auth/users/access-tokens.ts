/** Short-lived tokens that say who is calling. */
import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { getJwtToken, type JwtOptions } from 'better-auth/plugins/jwt';

/** Seconds. */
const tokenLife = 15 * 60;
const rotation = 30 * 24 * 60 * 60;
/** Longer than any token lives. */
const keyGrace = 24 * 60 * 60;

/** What a token says, beside whose it is. */
export function accessTokens(issuer: string): JwtOptions {
  return {
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

/** Told only if there is something to tell. */
function toldOf({ image, role }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...(typeof image === 'string' ? { picture: image } : {}), ...(typeof role === 'string' ? { role } : {}) };
}

/** Whoever has signed in gets the first token at once, as `set-auth-jwt`. */
export function firstToken(options: JwtOptions): BetterAuthPlugin {
  return {
    id: 'first-token',
    hooks: {
      after: [
        {
          matcher: () => true,
          handler: createAuthMiddleware(async (context) => {
            const { newSession } = context.context;
            if (newSession === null || newSession === undefined) return;
            context.context.session = newSession;
            context.setHeader('set-auth-jwt', await getJwtToken(context, options));
          }),
        },
      ],
    },
  };
}
