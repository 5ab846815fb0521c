/** What an installation forgets after a while. */
import { d1Runner, Lockout } from '@betterbase/providers/lockout';
import { lt, lte } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { adminPasses, adminSessions, auditLog, deviceCodes, invitations } from '../../migrations/schema.ts';
import { readSettings } from '../gateway/settings/read-settings.ts';

const day = 24 * 60 * 60 * 1000;

/** Sessions, invitations, links and codes that are over, old attempts, and of the audit log what is older than the setting says. */
export async function sweep(database: D1Database, now: number): Promise<void> {
  const db = drizzle(database);
  const { log_retention_days: days } = await readSettings(database);
  await db.batch([
    db.delete(adminSessions).where(lte(adminSessions.expiresAt, new Date(now).toISOString())),
    db.delete(invitations).where(lte(invitations.expiresAt, now)),
    db.delete(adminPasses).where(lte(adminPasses.expiresAt, now)),
    db.delete(deviceCodes).where(lte(deviceCodes.expiresAt, now)),
  ]);
  await new Lockout({ run: d1Runner(database), now: () => now }).dropOld();
  if (days !== null) await db.delete(auditLog).where(lt(auditLog.at, now - days * day));
}
