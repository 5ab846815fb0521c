import { drizzle } from 'drizzle-orm/d1';
import { auditNote, beginEntry, settleEntry } from '../access/audit.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { endAccess } from './end-access.ts';
import { adminsDo } from './sign-in.ts';

/**
 * Another password. What let this admin in until now ends first: if it breaks off then, they are out, and can ask again.
 *
 * @param kept the session that goes on; null: none
 */
export async function setPassword(
  context: GatewayContext,
  { admin, kept }: { readonly admin: string; readonly kept: string | null },
  password: string,
): Promise<void> {
  const database = drizzle(context.env.DB);
  const note = auditNote(context, { resourceType: 'admin', resourceId: admin, project: null });
  await database.batch([...endAccess(database, admin, kept), beginEntry(database, note)]);
  await adminsDo(context, { do: 'set-password', admin, password });
  await settleEntry(database, note.id, 'done');
}
