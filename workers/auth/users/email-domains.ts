import type { AuthSettings } from '@betterbase/protocol/auth';
import { APIError } from 'better-auth/api';
import type { Asked } from './aliases.ts';

type Domains = Pick<AuthSettings, 'allowed_email_domains' | 'blocked_email_domains'>;

const refused = { code: 'EMAIL_DOMAIN_NOT_ALLOWED', message: 'This e-mail address cannot have an account here.' };

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
export function assertDomain({ email, emailVerified, path }: NewAddress, domains: Domains): void {
  if (madeUp.test(path ?? '') && email.endsWith('.invalid')) return;
  const isClaimed = byIssuer.test(path ?? '') && emailVerified !== true && domains.allowed_email_domains.length > 0;
  if (isClaimed || !isAllowed(email, domains)) throw new APIError('FORBIDDEN', refused);
}

/** Somebody signs up whose address may not have an account. That is said before anybody is looked up; null: it may. */
export function refusedDomain({ path, body }: Asked, domains: Domains): Response | null {
  const email = path === '/sign-up/email' ? body?.['email'] : undefined;
  return typeof email !== 'string' || isAllowed(email, domains) ? null : Response.json(refused, { status: 403 });
}

function isAllowed(email: string, { allowed_email_domains: allowed, blocked_email_domains: blocked }: Domains): boolean {
  const domain = asciiDomain(email.slice(email.lastIndexOf('@') + 1));
  const isIn = (list: readonly string[]): boolean => list.map(asciiDomain).some((each) => domain === each || domain.endsWith(`.${each}`));
  return !isIn(blocked) && (allowed.length === 0 || isIn(allowed));
}

/** As it is asked for in DNS: `Bücher.Example.` is `xn--bcher-kva.example`. What cannot be a domain stays as it is. */
function asciiDomain(domain: string): string {
  const trimmed = domain.trim().replace(/\.$/, '');
  const url = `http://${trimmed}`;
  return /[/?#@:\\\s]/.test(trimmed) || !URL.canParse(url) ? trimmed.toLowerCase() : new URL(url).hostname;
}
