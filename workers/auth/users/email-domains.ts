import type { AuthSettings } from '@betterbase/protocol/auth';
import { APIError } from 'better-auth/api';

export interface NewAddress {
  readonly email: string;
  readonly emailVerified?: boolean | undefined;
  /** Of better-auth, by which it is given; null: by nobody who signs in. */
  readonly path: string | null;
}

/** Where nobody has chosen the address. */
const madeUp = /^\/(?:sign-in\/anonymous|phone-number\/)/;
/** Where an issuer says whose address it is, and whether it knows that. */
const byIssuer = /^\/(?:callback\/|sign-in\/social)/;

/** @throws APIError for addresses that may not have an account */
export function assertDomain({ email, emailVerified, path }: NewAddress, settings: AuthSettings): void {
  const { allowed_email_domains: allowed, blocked_email_domains: blocked } = settings;
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase();
  if (madeUp.test(path ?? '') && domain.endsWith('.invalid')) return;
  const isIn = (list: readonly string[]): boolean => list.some((each) => domain === each || domain.endsWith(`.${each}`));
  const isClaimed = byIssuer.test(path ?? '') && emailVerified !== true;
  if (!isIn(blocked) && (allowed.length === 0 || (isIn(allowed) && !isClaimed))) return;
  throw new APIError('FORBIDDEN', { code: 'EMAIL_DOMAIN_NOT_ALLOWED', message: 'This e-mail address cannot have an account here.' });
}
