/** Signing in on a page: address and password, and a code on the next page where the account has a second factor. */
import { BetterBaseError, isBetterBaseError } from '@betterbase/core';
import { login } from '@betterbase/protocol/admin/requests';
import { drizzle } from 'drizzle-orm/d1';
import { html } from 'hono/html';
import * as z from 'zod/mini';
import { findPrincipal } from '../access/find-principal.ts';
import { isSessionToken } from '../access/key-text.ts';
import type { Principal } from '../access/principal.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { findPass, openPass, takePass } from '../people/passes.ts';
import { confirmedFactor, proveSecondFactor, type Shown } from '../people/second-factor.ts';
import { checkPassword, cookieOf, openProvenSession, sessionCookie } from '../people/sign-in.ts';
import type { Html } from './page.ts';

/** Beside what the page's own form has. `proof`: the second factor's code. */
export const signInStep = z.object({ step: z.literal('sign-in'), email: login.shape.email, password: login.shape.password });
export const proofStep = z.object({
  step: z.literal('proof'),
  pass: z.string().check(z.maxLength(200)),
  proof: z.string().check(z.minLength(1), z.maxLength(40)),
});

/** @param hidden fields that come back with the next form */
export function signInForm(action: string, hidden: Html): Html {
  return html`<form method="post" action="${action}">
<input type="hidden" name="step" value="sign-in">${hidden}
<label>E-mail<input name="email" type="email" autocomplete="username" required></label>
<label>Password<input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button>
</form>
<p class="note"><a href="/reset">Forgotten?</a></p>`;
}

export function proofForm(action: string, hidden: Html, pass: string): Html {
  return html`<form method="post" action="${action}">
<input type="hidden" name="step" value="proof"><input type="hidden" name="pass" value="${pass}">${hidden}
<label>Code<input name="proof" autocomplete="one-time-code" autocapitalize="off" spellcheck="false" maxlength="40" required autofocus></label>
<button>Sign in</button>
</form>
<p class="note">What your app shows, or one of your backup codes.</p>`;
}

/** `cookie`: they are in. `pass`: a code is wanted, on a page that brings this back. */
export type Entered = { readonly cookie: string } | { readonly pass: string };

/** @throws BetterBaseError `auth/bad-credentials`, `auth/too-many-attempts` */
export async function takeSignIn(context: GatewayContext, { email, password }: z.output<typeof signInStep>): Promise<Entered> {
  const admin = await checkPassword(context, email, password);
  if ((await confirmedFactor(context.env.DB, admin)) === null) return { cookie: await open(context, admin, null) };
  const database = drizzle(context.env.DB);
  const { token, writes } = await openPass(database, { adminId: admin, purpose: 'sign-in' }, Date.now());
  await database.batch([...writes]);
  return { pass: token };
}

/**
 * A wrong code leaves the pass, so that the next one can be typed on the same page.
 *
 * @throws BetterBaseError `auth/bad-code`, `auth/required`, `auth/too-many-attempts`
 */
export async function takeProof(context: GatewayContext, { pass, proof }: z.output<typeof proofStep>): Promise<string> {
  const { DB } = context.env;
  const admin = await findPass(DB, pass, 'sign-in', Date.now());
  if (admin === null) throw tooLate();
  const shown = await proveSecondFactor(context, admin, proof);
  if ((await takePass(DB, pass, 'sign-in', Date.now())) === null) throw tooLate();
  return await open(context, admin, shown);
}

async function open(context: GatewayContext, admin: string, shown: Shown | null): Promise<string> {
  context.set('audit', 'admin.login');
  const { token, expires_at: expiresAt } = await openProvenSession(context, admin, shown);
  return sessionCookie(context, token, expiresAt);
}

/** Whether the same page may take another code. */
export function isWrongCode(thrown: unknown): boolean {
  return isBetterBaseError(thrown) && (thrown.code === 'auth/bad-code' || thrown.code === 'auth/too-many-attempts');
}

/** Who is signed in, by the browser's cookie; null: nobody. */
export async function whoLooks(context: GatewayContext): Promise<{ readonly principal: Principal; readonly session: string } | null> {
  const token = cookieOf(context);
  if (token === null || !isSessionToken(token)) return null;
  // A session that has ended is none.
  return await findPrincipal(context, token).then(
    ({ principal, session }) => (session === null ? null : { principal, session }),
    () => null,
  );
}

function tooLate(): BetterBaseError {
  return new BetterBaseError('auth/required', 'It took too long, or was done already.', { hint: 'Sign in again.' });
}
