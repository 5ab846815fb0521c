import type { JwtOptions } from 'better-auth/plugins/jwt';

/** Seconds. */
const tokenLife = 15 * 60;
const rotation = 30 * 24 * 60 * 60;
/** Longer than any token lives. */
const keyGrace = 24 * 60 * 60;

/** Who issues a project's tokens. No address: users keep their `tokenIdentifier` when the installation moves. */
export function issuerOf(project: string): string {
  return `betterbase:${project}`;
}

/** Short-lived tokens that say who is calling. */
export function accessTokens(issuer: string): JwtOptions {
  return {
    jwks: { keyPairConfig: { alg: 'EdDSA', crv: 'Ed25519' }, rotationInterval: rotation, gracePeriod: keyGrace },
    jwt: {
      issuer,
      audience: issuer,
      expirationTime: `${tokenLife}s`,
      definePayload: ({ user, session }) => ({
        sid: session.id,
        name: user.name,
        email: user.email,
        email_verified: user.emailVerified,
        ...(user.image === null || user.image === undefined ? {} : { picture: user.image }),
      }),
      getSubject: ({ user }) => user.id,
    },
  };
}
