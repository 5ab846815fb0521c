import { type AuthProvider, BetterBaseError, type TokenAlgorithm } from '@betterbase/core';
import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Verified } from '../../../durable-objects/project/identity/token-verifier.ts';
import { identityOf } from './claims.ts';
import { unreachable } from './guarded-fetch.ts';
import { type IssuerKeys, isSameIssuer } from './issuer-keys.ts';

/** What OpenID Connect issuers sign with. */
const oidcAlgorithms: readonly TokenAlgorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const longestToken = 16 * 1024;
/** By which an issuer's clock may differ from ours, seconds. Not granted to what has expired. */
const clockTolerance = 5;

export interface VerifyParts {
  readonly keys: Pick<IssuerKeys, 'of'>;
  readonly now: () => number;
}

/**
 * Who a token speaks for.
 *
 * Does not throw expected failures: they are data.
 */
export async function verifyToken(token: string, providers: readonly AuthProvider[], parts: VerifyParts): Promise<Verified> {
  try {
    return await verify(token, providers, parts);
  } catch (thrown) {
    const { code, message, hint } = toAuthError(thrown);
    return { ok: false, error: { code, message, ...(hint === undefined ? {} : { hint }) } };
  }
}

async function verify(token: string, providers: readonly AuthProvider[], { keys, now }: VerifyParts): Promise<Verified> {
  if (token.length > longestToken) throw badToken(`it is longer than ${longestToken} characters`);
  const provider = findProvider(decodeJwt(token), providers);
  const { payload } = await jwtVerify(token, await keys.of(provider), {
    algorithms: 'algorithm' in provider ? [provider.algorithm] : [...oidcAlgorithms],
    requiredClaims: ['iss', 'sub', 'exp'],
    currentDate: new Date(now()),
    clockTolerance,
    ...(provider.applicationID === undefined ? {} : { audience: provider.applicationID }),
  });
  const { iss: issuer, sub: subject, exp } = payload;
  // What is signed is not yet what it is said to be.
  const names: unknown = subject;
  if (issuer === undefined || typeof names !== 'string' || names === '' || exp === undefined) throw badToken('it names nobody');
  const expiresAt = exp * 1000;
  if (expiresAt <= now()) throw expired();
  return { ok: true, identity: identityOf({ subject: names, issuer }, payload), expiresAt };
}

/** The one whose issuer and audience the token says. Its signature is not checked yet: this only chooses whose keys do that. */
function findProvider({ iss, aud }: JWTPayload, providers: readonly AuthProvider[]): AuthProvider {
  const issuer: unknown = iss;
  if (typeof issuer !== 'string') throw badToken('it does not say who issued it');
  const ofIssuer = providers.filter((each) => ('domain' in each ? isSameIssuer(issuer, each.domain) : each.issuer === issuer));
  if (ofIssuer.length === 0) {
    throw new BetterBaseError(
      'auth/unknown-issuer',
      `No provider in auth.config.ts has the issuer ${JSON.stringify(issuer.slice(0, 200))}.`,
      {
        hint: 'Add it to `providers` in auth.config.ts, and deploy.',
      },
    );
  }
  const audiences = [aud ?? []].flat();
  const provider = ofIssuer.find(({ applicationID }) => applicationID === undefined || audiences.includes(applicationID));
  if (provider !== undefined) return provider;
  throw badToken(`it is for ${JSON.stringify(audiences).slice(0, 200)}, which is no \`applicationID\` of its issuer in auth.config.ts`);
}

function toAuthError(thrown: unknown): BetterBaseError {
  if (thrown instanceof BetterBaseError) return thrown;
  if (thrown instanceof errors.JWTExpired) return expired();
  if (thrown instanceof errors.JWKSNoMatchingKey) return badToken('its issuer has no such key');
  if (thrown instanceof errors.JWKSInvalid) return unreachable('the address in auth.config.ts', 'what is there is no key set');
  if (thrown instanceof errors.JWSSignatureVerificationFailed) return badToken('its signature is wrong');
  if (thrown instanceof errors.JWTClaimValidationFailed && thrown.claim === 'nbf') return badToken('it is not valid yet');
  if (thrown instanceof errors.JOSEError) return badToken(thrown.message);
  console.error(JSON.stringify({ level: 'error', message: 'A token could not be verified.', failure: String(thrown) }));
  return badToken('it cannot be read');
}

function badToken(reason: string): BetterBaseError {
  return new BetterBaseError('auth/bad-token', `The token is not accepted: ${reason}.`, {
    hint: 'Get a new token from its issuer. What is accepted is said in auth.config.ts.',
  });
}

function expired(): BetterBaseError {
  return new BetterBaseError('auth/token-expired', 'The token has expired.', { hint: 'Get a new token from its issuer.' });
}
