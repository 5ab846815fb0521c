import type { Identity } from '@betterbase/engine';
import type { JWTPayload } from 'jose';

/** What OpenID Connect calls it, and what functions do. */
const names: Readonly<Record<string, string>> = {
  given_name: 'givenName',
  family_name: 'familyName',
  middle_name: 'middleName',
  preferred_username: 'preferredUsername',
  profile: 'profileUrl',
  picture: 'pictureUrl',
  website: 'websiteUrl',
  email_verified: 'emailVerified',
  birthdate: 'birthday',
  zoneinfo: 'timezone',
  locale: 'language',
  phone_number: 'phoneNumber',
  phone_number_verified: 'phoneNumberVerified',
  updated_at: 'updatedAt',
};

/** About this one token, not about the user: with them every refresh would make somebody else of the user. */
const aboutTheToken = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'nonce', 'at_hash', 'c_hash', 's_hash', 'fva']);

/** How deep the parts of a claim are spelled out. */
const deepest = 3;

/** Who a verified token speaks for, as functions see it. Parts of claims that are objects are found by their path as well. */
export function identityOf({ subject, issuer }: { readonly subject: string; readonly issuer: string }, claims: JWTPayload): Identity {
  const own = Object.entries(claims).filter(([claim]) => !aboutTheToken.has(claim) && claim !== '__proto__');
  const custom = own.filter(([claim]) => !Object.hasOwn(names, claim));
  const standard = own.flatMap(([claim, value]): Claim[] => {
    const name = Object.hasOwn(names, claim) ? names[claim] : undefined;
    return name === undefined ? [] : [[name, name === 'updatedAt' ? toTimeText(value) : value]];
  });
  // What the standard names wins over claims that happen to be called like it.
  const known = [...custom.flatMap(([claim, value]) => partsOf(claim, value, deepest)), ...standard];
  return { ...Object.fromEntries(known), tokenIdentifier: `${issuer}|${subject}`, subject, issuer };
}

type Claim = [name: string, value: unknown];

/** `properties: {email}` is there as `properties.email`, too. */
function partsOf(path: string, value: unknown, depth: number): Claim[] {
  if (depth === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
  const parts = Object.entries(value).flatMap(([name, part]) => partsOf(`${path}.${name}`, part, depth - 1));
  return [[path, value], ...parts];
}

/** Seconds since 1970 in the standard; text in functions, as Convex has it. */
function toTimeText(value: unknown): unknown {
  return typeof value === 'number' && Math.abs(value) < 8.64e12 ? new Date(value * 1000).toISOString() : value;
}
