/**
 * What is answered alike whether there is such an account or not. It is answered when somebody is looked up, before it is known
 * whom that found: neither words nor time tell.
 */
import type { RowOperation, RowsPort } from '@betterbase/providers/rows';
import type { AuthSettings } from '@betterbase/protocol/auth';
import type { Asked } from './aliases.ts';

/** What a request is answered that nobody may learn anything from; null: it may be. */
export function silentAnswer({ path, body }: Asked, settings: AuthSettings): object | null {
  switch (path) {
    case '/request-password-reset':
      return { status: true, message: 'If this email exists in our system, check your email for the reset link' };
    case '/phone-number/request-password-reset':
    case '/send-verification-email':
      return { status: true };
    case '/email-otp/request-password-reset':
    case '/forget-password/email-otp':
    case '/email-otp/send-verification-otp':
      return { success: true };
    case '/sign-up/email':
      return settings.require_email_verification && settings.email_password_enabled ? { token: null, user: unconfirmed(body) } : null;
    default:
      return null;
  }
}

/** Somebody who may or may not be new. The id is nobody's: whose it would be is known when the address is confirmed. */
function unconfirmed(body: Asked['body']): object {
  const { name = '', email = '', image = null } = body ?? {};
  const now = new Date().toISOString();
  const id = crypto.randomUUID().replaceAll('-', '');
  return { name, email: String(email).toLowerCase(), emailVerified: false, image, createdAt: now, updatedAt: now, id };
}

/** Rows that tell when an account is looked for. */
export class WatchedRows implements RowsPort {
  readonly #rows: RowsPort;
  readonly #looked = Promise.withResolvers<null>();
  /** Somebody is looked up: what was asked is in order so far. */
  readonly looked = this.#looked.promise;

  lookups = 0;

  constructor(rows: RowsPort) {
    this.#rows = rows;
  }

  rows(operation: RowOperation): ReturnType<RowsPort['rows']> {
    if (operation.do === 'find') this.lookups += 1;
    if (isLookup(operation)) this.#looked.resolve(null);
    return this.#rows.rows(operation);
  }
}

function isLookup(operation: RowOperation): boolean {
  return (
    operation.do === 'find' &&
    operation.table === 'user' &&
    operation.where.some(({ field }) => field === 'email' || field === 'phoneNumber')
  );
}

/** Refused alike, whether there was such a code or not: there is one only where there is an account. */
const secretive: ReadonlySet<string> = new Set([
  '/email-otp/reset-password',
  '/email-otp/verify-email',
  '/email-otp/check-verification-otp',
]);
const aboutCode: ReadonlySet<unknown> = new Set(['INVALID_OTP', 'OTP_EXPIRED', 'TOO_MANY_ATTEMPTS', 'USER_NOT_FOUND']);

/** A refusal that does not tell which code there was. */
export async function withoutReason(path: string, response: Response): Promise<Response> {
  if (!secretive.has(path) || response.ok) return response;
  const told = (await response
    .clone()
    .json()
    .catch(() => null)) as { readonly code?: unknown } | null;
  if (!aboutCode.has(told?.code)) return response;
  return Response.json({ code: 'INVALID_OTP', message: 'This code is no good, or not any more.' }, { status: 400 });
}
