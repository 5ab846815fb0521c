/** Another password for somebody who has forgotten theirs: by a link, once. */
import { BetterBaseError } from '@betterbase/core';
import { drizzle } from 'drizzle-orm/d1';
import { addEntry } from '../access/audit.ts';
import { addressOf } from '../access/find-principal.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { bringsMail, sendMail } from '../settings/mail.ts';
import { publicUrlOf } from '../settings/public-url.ts';
import { settingsOf } from '../settings/read-settings.ts';
import { type AdminRow, findAdminByEmail, readAdmin } from './admin-store.ts';
import { findPass, openPass, takePass } from './passes.ts';
import { setPassword } from './set-password.ts';
import { codeLockoutOf, lockoutOf } from './lockouts.ts';

/**
 * Mails a link, if there is such an admin. What is answered, and how soon, is the same if not: all that depends on it happens
 * afterwards.
 *
 * @throws BetterBaseError `auth/too-many-attempts`
 */
export async function requestReset(context: GatewayContext, email: string): Promise<void> {
  const lockout = codeLockoutOf(context);
  await lockout.enter({ action: 'admin reset', account: email, address: addressOf(context) });
  context.executionCtx.waitUntil(
    mailReset(context, email).catch((failure: unknown) => {
      console.error(JSON.stringify({ level: 'error', message: 'A link for another password was not mailed.', failure: String(failure) }));
    }),
  );
}

async function mailReset(context: GatewayContext, email: string): Promise<void> {
  const { env } = context;
  if (!(await bringsMail(env))) return;
  const admin = await findAdminByEmail(env.DB, email);
  if (admin === null) return;
  context.set('principal', { id: admin.id, name: admin.email, kind: 'admin', adminId: admin.id, grants: [] });
  const { link } = await makeResetLink(context, admin);
  const { instance_name: name } = await settingsOf(env);
  const text = `Choose another password for ${name}:\n\n${link}\n\nThe link is good for an hour, and once. If you did not ask for it, do nothing.`;
  await sendMail(context, { kind: 'reset', to: admin.email, subject: `Another password for ${name}`, text });
}

/** The newest link of an admin is the only one. */
export async function makeResetLink(context: GatewayContext, { id, email }: AdminRow): Promise<{ link: string; expires_at: number }> {
  const database = drizzle(context.env.DB);
  const { token, expiresAt, writes } = await openPass(database, { adminId: id, purpose: 'reset' }, Date.now());
  const entry = addEntry(database, context, { resourceType: 'admin', resourceId: id, project: null, after: { email, expiresAt } });
  await database.batch([...writes, entry]);
  return { link: `${await publicUrlOf(context)}/reset?token=${token}`, expires_at: expiresAt };
}

/**
 * Whose password the link sets.
 *
 * @throws BetterBaseError `admin/reset-over`, `auth/too-many-attempts`
 */
export async function adminOfReset(context: GatewayContext, token: string): Promise<AdminRow> {
  const lockout = lockoutOf(context);
  const attempt = { action: 'admin reset link', account: null, address: addressOf(context) };
  await lockout.enter(attempt);
  const id = await findPass(context.env.DB, token, 'reset', Date.now());
  const admin = id === null ? null : await readAdmin(context.env.DB, id);
  if (admin === null) throw resetOver();
  await lockout.succeeded(attempt);
  return admin;
}

/**
 * Everything that let this admin in ends. A second factor stays: codes are asked for as before.
 *
 * @throws BetterBaseError `admin/reset-over`, `auth/too-many-attempts`
 */
export async function resetPassword(context: GatewayContext, token: string, password: string): Promise<void> {
  const { env } = context;
  const { id, email } = await adminOfReset(context, token);
  if ((await takePass(env.DB, token, 'reset', Date.now())) === null) throw resetOver();
  context.set('principal', { id, name: email, kind: 'admin', adminId: id, grants: [] });
  await setPassword(context, { admin: id, kept: null }, password);
}

function resetOver(): BetterBaseError {
  return new BetterBaseError('admin/reset-over', 'This link is wrong, was used, or is over.', {
    hint: 'Ask for another one: /reset on this installation.',
  });
}
