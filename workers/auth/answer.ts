import { type ErrorCode, errorCodes } from '@betterbase/core';
import type { WireError } from '@betterbase/protocol';

/** What better-auth says, as callers of BetterBase know it: its own words stay, ours stand beside them. */
export async function toAnswer(given: Response, told: Readonly<Record<string, unknown>>): Promise<Response> {
  const response = new Response(given.body, given);
  // Sessions are shown as `Authorization`: no browser is to send one by itself.
  response.headers.delete('set-cookie');
  if (response.headers.has('x-betterbase-error')) return response;
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true || response.status === 429;
  const token = response.headers.get('set-auth-token');
  const ours = { ...told, ...(token === null ? {} : { token: decodeURIComponent(token) }) };
  if (!isJson || (response.ok && Object.keys(ours).length === 0)) return response;
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && Array.isArray(body)) return Response.json(body, response);
  const known = typeof body === 'object' && body !== null ? body : {};
  const { status, headers } = response;
  // The token in the body is what the database has; only with its signature is it a session.
  if (response.ok) return Response.json({ ...known, ...ours }, { status, headers });
  const { code, message } = known as { readonly code?: unknown; readonly message?: unknown };
  const error = typeof message === 'string' && message !== '' ? message : 'This was refused.';
  const errorCode = codeOf(status, typeof code === 'string' ? code : '');
  headers.set('x-betterbase-error', errorCode);
  return Response.json({ ...known, error, message: error, errorCode }, { status, headers });
}

/** A refusal of ours, as the others look. */
export function refusal({ code, message, hint, details }: WireError): Response {
  const { status } = errorCodes[code];
  return Response.json(
    { error: message, message, errorCode: code, suggestion: hint, details },
    { status, headers: { 'x-betterbase-error': code } },
  );
}

function codeOf(status: number, reason: string): ErrorCode {
  if (status === 429) return 'auth/too-many-attempts';
  if (status >= 500) return 'internal/unexpected';
  if (/^INVALID_(?:EMAIL|USERNAME|PHONE_NUMBER)_OR_PASSWORD$|^INVALID_PASSWORD$/.test(reason)) return 'auth/bad-credentials';
  if (status === 401 && /^(?:PASSKEY_NOT_FOUND|AUTHENTICATION_FAILED|USER_NOT_VERIFIED)$/.test(reason)) return 'auth/bad-credentials';
  if (status === 401) return 'auth/required';
  if (reason.startsWith('USER_ALREADY_EXISTS')) return 'auth/account-exists';
  if (reason === 'ANONYMOUS_USER_HAS_ACCOUNT') return 'auth/upgraded';
  return 'auth/refused';
}
