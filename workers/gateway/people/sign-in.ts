/** Sessions of admins: opened, told to a browser or a program, closed. */
import { BetterBaseError } from '@betterbase/core';
import type { AnswerOf } from '@betterbase/protocol/admin';
import { cookieHeader, readCookie } from '@betterbase/protocol/browser';
import { drizzle } from 'drizzle-orm/d1';
import type { AdminsAnswer, AdminsOrder } from '../../auth/admins/admins-order.ts';
import { addEntry } from '../access/audit.ts';
import { addressOf } from '../access/find-principal.ts';
import { createSessionToken } from '../access/key-text.ts';
import { authIsolate } from '../auth-isolate.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { json } from '../routes/admin/answers.ts';
import { settingsOf } from '../settings/read-settings.ts';
import { dropOldestSessions, readAdmin } from './admin-store.ts';
import { AdminRows } from './admin-rows.ts';
import { lockoutOf } from './lockouts.ts';
import { proveSecondFactor, type Shown } from './second-factor.ts';

const cookieName = 'betterbase';
const day = 24 * 60 * 60 * 1000;
/** Browsers keep what they are not told to forget; nothing tells them more than a program needs to know. */
const longestUserAgent = 300;

export type SignedIn = AnswerOf<'POST /admin/auth/login'>;
export type OpenedSession = SignedIn & { readonly token: string; readonly session: string };

export function adminsDo({ env, executionCtx }: GatewayContext, order: AdminsOrder): Promise<AdminsAnswer> {
  return authIsolate(env, executionCtx.exports).admins(order, new AdminRows(env.DB));
}

/** @throws BetterBaseError `auth/bad-credentials`, `auth/too-many-attempts` */
export async function checkPassword(context: GatewayContext, email: string, password: string): Promise<string> {
  const attempt = { action: 'admin sign-in', account: email, address: addressOf(context) };
  const lockout = lockoutOf(context);
  await lockout.enter(attempt);
  const admin = await adminsDo(context, { do: 'check-password', email, password });
  if (admin === null)
    throw new BetterBaseError('auth/bad-credentials', 'Address and password do not fit.', {
      hint: 'Whoever has forgotten theirs chooses another one: /reset on this installation, or `bb admins reset` by an owner.',
    });
  await lockout.succeeded(attempt);
  return admin;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** Of the second factor. */
  readonly code?: string | undefined;
}

/**
 * Opens a session for whoever proves who they are.
 *
 * @throws BetterBaseError `auth/bad-credentials`, `auth/code-required`, `auth/bad-code`, `auth/too-many-attempts`
 */
export async function signIn(context: GatewayContext, { email, password, code }: Credentials): Promise<OpenedSession> {
  const admin = await checkPassword(context, email, password);
  return await openProvenSession(context, admin, await proveSecondFactor(context, admin, code));
}

/** @param shown besides the password */
export async function openProvenSession(context: GatewayContext, admin: string, shown: Shown | null): Promise<OpenedSession> {
  const opened = await openSession(context, admin);
  const { id, email } = opened.admin;
  context.set('principal', { id, name: email, kind: 'admin', adminId: id, grants: [] });
  const after = shown === null ? null : { secondFactor: shown };
  await addEntry(drizzle(context.env.DB), context, { resourceType: 'session', resourceId: opened.session, project: null, after });
  return opened;
}

/** Opens a session; the oldest ones beyond what an admin may have end. */
export async function openSession(context: GatewayContext, admin: string): Promise<OpenedSession> {
  const { env } = context;
  const settings = await settingsOf(env);
  const { key: token, digest } = await createSessionToken();
  const expiresAt = Date.now() + settings.session_days * day;
  const userAgent = context.req.header('user-agent')?.slice(0, longestUserAgent) ?? null;
  const session = await adminsDo(context, {
    do: 'open-session',
    admin,
    session: { digest, expiresAt, address: addressOf(context), userAgent },
  });
  const row = await readAdmin(env.DB, admin);
  if (row === null || session === null) throw new BetterBaseError('auth/session-ended', 'This admin was taken away meanwhile.');
  await dropOldestSessions(drizzle(env.DB), admin, settings.max_sessions_per_user);
  return { admin: { id: row.id, email: row.email, name: row.name }, token, expires_at: expiresAt, session };
}

/** For a program, or with a cookie for a browser, which is not told the token. */
export function tellSession(
  context: GatewayContext,
  { admin, token, expires_at }: SignedIn & { readonly token: string },
  cookie: boolean,
  status = 200,
): Response {
  if (!cookie) return json({ admin, token, expires_at }, status);
  const response = json({ admin, token: null, expires_at }, status);
  response.headers.append('set-cookie', sessionCookie(context, token, expires_at));
  return response;
}

export function sessionCookie(context: GatewayContext, token: string, expiresAt: number): string {
  const maxAge = Math.max(0, Math.floor((expiresAt - Date.now()) / 1000));
  return cookieHeader({ name: cookieName, value: token, maxAge, isSecure: isSecure(context) });
}

export function endedCookie(context: GatewayContext): string {
  return cookieHeader({ name: cookieName, value: '', maxAge: 0, isSecure: isSecure(context) });
}

export function cookieOf(context: GatewayContext): string | null {
  const value = readCookie(context.req.header('cookie'), cookieName, isSecure(context));
  return value === '' ? null : value;
}

function isSecure(context: GatewayContext): boolean {
  return new URL(context.req.url).protocol === 'https:';
}

/**
 * For what a browser sends with its cookies: only pages of this very origin may change anything. Browsers say with every
 * request that changes something where it comes from.
 *
 * @throws BetterBaseError `auth/forbidden`
 */
export function assertSameOrigin({ env, req }: GatewayContext): void {
  const { origin } = new URL(req.url);
  const given = req.header('origin');
  if (given === origin || (given !== undefined && given === env.PUBLIC_URL)) return;
  throw new BetterBaseError('auth/forbidden', 'Another site’s page asked for this.', {
    hint: 'Ask from a page of this installation, or with a key in `Authorization`.',
  });
}
