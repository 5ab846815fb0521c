import type { AttemptClass } from '../../../durable-objects/project/users/users-context.ts';

/** What a request tries, so that it can be counted. */
export interface Tried {
  readonly how: AttemptClass;
  readonly action: string;
  readonly account: string | null;
}

/** By path: how strict to be, and which field names the account. A code and what it confirms are counted together. */
const tries: Readonly<Record<string, readonly [how: AttemptClass, action: string, field: string | null]>> = {
  '/passkey/verify-authentication': ['sign-in', 'passkey', null],
  '/passkey/verify-registration': ['message', 'add-passkey', null],
  '/sign-up/email': ['message', 'sign-up', 'email'],
  '/sign-in/email': ['sign-in', 'sign-in', 'email'],
  '/sign-in/phone-number': ['sign-in', 'sign-in', 'phoneNumber'],
  '/sign-in/anonymous': ['message', 'anonymous', null],
  '/sign-in/email-otp': ['code', 'code', 'email'],
  '/email-otp/verify-email': ['code', 'code', 'email'],
  '/email-otp/check-verification-otp': ['code', 'code', 'email'],
  '/email-otp/reset-password': ['code', 'code', 'email'],
  '/phone-number/verify': ['code', 'code', 'phoneNumber'],
  '/phone-number/reset-password': ['code', 'code', 'phoneNumber'],
  '/two-factor/verify-totp': ['code', 'second', null],
  '/two-factor/verify-backup-code': ['code', 'second', null],
  '/email-otp/send-verification-otp': ['message', 'message', 'email'],
  '/email-otp/request-password-reset': ['message', 'message', 'email'],
  '/forget-password/email-otp': ['message', 'message', 'email'],
  '/sign-in/magic-link': ['message', 'message', 'email'],
  '/request-password-reset': ['message', 'message', 'email'],
  '/send-verification-email': ['message', 'message', 'email'],
  '/phone-number/send-otp': ['message', 'message', 'phoneNumber'],
  '/phone-number/request-password-reset': ['message', 'message', 'phoneNumber'],
  '/change-email': ['message', 'message', 'newEmail'],
};

/** Where somebody who is signed in shows their password once more. Whoever has found a session may not guess it with that. */
const shownAgain: ReadonlySet<string> = new Set([
  '/verify-password',
  '/change-password',
  '/delete-user',
  '/two-factor/enable',
  '/two-factor/disable',
  '/two-factor/generate-backup-codes',
  '/two-factor/get-totp-uri',
]);

/** Null: it is not counted. @param path below `/auth` @param authorization as the request has it */
export function triedBy(path: string, body: unknown, authorization: string | null): Tried | null {
  if (shownAgain.has(path)) return { how: 'sign-in', action: 'password', account: sessionIn(authorization) };
  const tried = Object.hasOwn(tries, path) ? tries[path] : undefined;
  if (tried === undefined) return null;
  const [how, action, field] = tried;
  const named = field !== null && typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>)[field] : null;
  return { how, action, account: typeof named === 'string' ? named : null };
}

/** However it is written: what it is known by comes before the signature. */
function sessionIn(authorization: string | null): string | null {
  const token = (authorization ?? '').replace(/^bearer\s+/i, '').trim();
  try {
    return decodeURIComponent(token).split('.', 1)[0] ?? null;
  } catch {
    // Nobody is signed in with it.
    return null;
  }
}
