import type { AuthSettings } from '@betterbase/protocol/auth';
import { APIError } from 'better-auth/api';

/** @throws APIError for addresses that may not have an account */
export function assertDomain(email: string, { allowed_email_domains: allowed, blocked_email_domains: blocked }: AuthSettings): void {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase();
  // Nobody has chosen these.
  if (domain.endsWith('.invalid')) return;
  const isIn = (list: readonly string[]): boolean => list.some((each) => domain === each || domain.endsWith(`.${each}`));
  if (!isIn(blocked) && (allowed.length === 0 || isIn(allowed))) return;
  throw new APIError('FORBIDDEN', { code: 'EMAIL_DOMAIN_NOT_ALLOWED', message: 'This e-mail address cannot have an account here.' });
}
