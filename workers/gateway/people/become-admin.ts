/** How somebody becomes an admin: as the first, with what the server prints; later by an invitation. */
import { BetterBaseError } from '@betterbase/core';
import { setupToken } from '@betterbase/protocol/admin';
import { eq } from 'drizzle-orm';
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import { invitations } from '../../../migrations/schema.ts';
import { auditNote, beginEntry, settleEntry } from '../access/audit.ts';
import { addressOf, isSame } from '../access/find-principal.ts';
import { digestOf } from '../access/key-text.ts';
import type { Principal } from '../access/principal.ts';
import { configOf } from '../env.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { addAssignment, addFirstOwner, dropAdmin, hasAdmins } from './admin-store.ts';
import { isStillMeant } from './invitation-maker.ts';
import { type InvitationRow, findInvitation } from './invitation-store.ts';
import { lockoutOf } from './lockouts.ts';
import { adminsDo } from './sign-in.ts';

export interface FirstAdmin {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly token: string;
}

/**
 * The admin's id. Only while there is none, and of several at once one.
 *
 * @throws BetterBaseError `admin/set-up`, `auth/bad-credentials`, `auth/too-many-attempts`
 */
export async function setUp(context: GatewayContext, { email, name, password, token }: FirstAdmin): Promise<string> {
  const { env } = context;
  if (await hasAdmins(env.DB)) throw alreadySetUp();
  const attempt = { action: 'setup', account: null, address: addressOf(context) };
  const lockout = lockoutOf(context);
  await lockout.enter(attempt);
  const { adminKey } = configOf(env);
  if (adminKey === null || !(await isSame(token, await setupToken(adminKey.reveal()))))
    throw new BetterBaseError('auth/bad-credentials', 'This is not the setup token of this installation.', {
      hint: '`bb dev` and `npm run deploy` print a link with it.',
    });
  await lockout.succeeded(attempt);
  const database = drizzle(env.DB);
  const now = Date.now();
  return await create(context, { email, name, password, by: null }, async (admin, settle) => {
    const added = await addFirstOwner(database, { id: crypto.randomUUID(), adminId: admin, createdAt: now });
    if (added.meta.changes === 0) throw alreadySetUp();
    await settle;
  });
}

/**
 * Takes an invitation up, once.
 *
 * @throws BetterBaseError `admin/invitation-over`, `admin/exists`, `auth/too-many-attempts`
 */
export async function join(
  context: GatewayContext,
  { token, name, password }: { readonly token: string; readonly name: string | undefined; readonly password: string },
): Promise<string> {
  const { env } = context;
  const invitation = await invitationOf(context, token);
  const database = drizzle(env.DB);
  const { email, role, project, createdBy } = invitation;
  return await create(context, { email, name: name ?? email, password, by: { invitation } }, async (admin, settle) => {
    // First taken away, then used: of two at once one finds it.
    const taken = await database.delete(invitations).where(eq(invitations.id, invitation.id)).returning({ id: invitations.id });
    if (taken.length === 0) throw invitationOver();
    const assignment = { id: crypto.randomUUID(), adminId: admin, role, project, createdBy, createdAt: Date.now() };
    await database.batch([addAssignment(database, assignment), settle]);
  });
}

/** @throws BetterBaseError `admin/invitation-over`, `auth/too-many-attempts` */
export async function invitationOf(context: GatewayContext, token: string): Promise<InvitationRow> {
  const attempt = { action: 'invitation', account: null, address: addressOf(context) };
  const lockout = lockoutOf(context);
  await lockout.enter(attempt);
  const invitation = await findInvitation(context.env.DB, await digestOf(token), Date.now());
  if (invitation === null || !(await isStillMeant(context.env.DB, invitation))) throw invitationOver();
  await lockout.succeeded(attempt);
  return invitation;
}

interface NewAdmin {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly by: { readonly invitation: InvitationRow } | null;
}

type Settle = ReturnType<typeof settleEntry>;

/** @param assign gives them their role; what it throws, takes the admin away again */
async function create(
  context: GatewayContext,
  { email, name, password, by }: NewAdmin,
  assign: (admin: string, settle: Settle) => Promise<void>,
): Promise<string> {
  const database: DrizzleD1Database = drizzle(context.env.DB);
  const told = by === null ? { role: 'owner', project: null } : { role: by.invitation.role, project: by.invitation.project };
  context.set('principal', stranger(email));
  const note = auditNote(context, { resourceType: 'admin', resourceId: email, project: told.project, after: { email, ...told } });
  await beginEntry(database, note);
  const admin = await adminsDo(context, { do: 'create', email, name, password });
  try {
    if (admin === null)
      throw new BetterBaseError('admin/exists', 'There is an admin with this address already.', {
        hint: 'Sign in, or have your role changed.',
      });
    await assign(admin, settleEntry(database, note.id, 'done'));
    return admin;
  } catch (failure) {
    if (admin !== null) await database.batch([...dropAdmin(database, admin)]);
    await settleEntry(database, note.id, failure instanceof BetterBaseError ? failure.code : 'unknown');
    throw failure;
  }
}

/** Who becomes an admin, as the audit log knows them. */
function stranger(email: string): Principal {
  return { id: email, name: email, kind: 'admin', adminId: null, grants: [] };
}

function alreadySetUp(): BetterBaseError {
  return new BetterBaseError('admin/set-up', 'This installation has its first admin already.', {
    hint: 'Sign in, or have an admin invite you.',
  });
}

function invitationOver(): BetterBaseError {
  return new BetterBaseError('admin/invitation-over', 'This is no invitation, or it was used, withdrawn, or is over.', {
    hint: 'Ask whoever invited you for another.',
  });
}
