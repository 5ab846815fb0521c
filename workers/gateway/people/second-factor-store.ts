/** Second factors and backup codes in D1. */
import { and, count, eq, isNotNull, isNull, lt } from 'drizzle-orm';
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import { adminBackupCodes, adminSecondFactors } from '../../../migrations/schema.ts';

export type SecondFactorRow = typeof adminSecondFactors.$inferSelect;

export async function readFactor(database: D1Database, adminId: string): Promise<SecondFactorRow | null> {
  const [row] = await drizzle(database).select().from(adminSecondFactors).where(eq(adminSecondFactors.adminId, adminId)).limit(1);
  return row ?? null;
}

/** Ids of those from whom codes are asked. */
export async function listEnrolled(database: D1Database): Promise<ReadonlySet<string>> {
  const { adminId, confirmedAt } = adminSecondFactors;
  const rows = await drizzle(database).select({ adminId }).from(adminSecondFactors).where(isNotNull(confirmedAt));
  return new Set(rows.map((row) => row.adminId));
}

/** In place of one that was begun and never confirmed. False: there is one that counts. */
export async function beginFactor(
  database: D1Database,
  { adminId, sealed }: Pick<SecondFactorRow, 'adminId' | 'sealed'>,
): Promise<boolean> {
  const begun = await drizzle(database)
    .insert(adminSecondFactors)
    .values({ adminId, sealed, confirmedAt: null, takenStep: 0 })
    .onConflictDoUpdate({ target: adminSecondFactors.adminId, set: { sealed }, setWhere: isNull(adminSecondFactors.confirmedAt) })
    .returning({ adminId: adminSecondFactors.adminId });
  return begun.length > 0;
}

/** Only the one that was begun with this secret: no row where it is not there any more, or counts already. */
export function confirmFactor(database: DrizzleD1Database, { adminId, sealed }: SecondFactorRow, confirmedAt: number) {
  const { adminId: id, sealed: kept, confirmedAt: at } = adminSecondFactors;
  return database
    .update(adminSecondFactors)
    .set({ confirmedAt })
    .where(and(eq(id, adminId), eq(kept, sealed), isNull(at)))
    .returning({ adminId: id });
}

/** Of two that take the same step at once, one has taken it. */
export async function takeStep(database: D1Database, adminId: string, step: number): Promise<boolean> {
  const { adminId: id, takenStep } = adminSecondFactors;
  const taken = await drizzle(database)
    .update(adminSecondFactors)
    .set({ takenStep: step })
    .where(and(eq(id, adminId), lt(takenStep, step)))
    .returning({ adminId: id });
  return taken.length > 0;
}

export async function takeBackupCode(database: D1Database, digest: string): Promise<boolean> {
  const taken = await drizzle(database)
    .delete(adminBackupCodes)
    .where(eq(adminBackupCodes.digest, digest))
    .returning({ digest: adminBackupCodes.digest });
  return taken.length > 0;
}

export async function countBackupCodes(database: D1Database, adminId: string): Promise<number> {
  const [row] = await drizzle(database).select({ left: count() }).from(adminBackupCodes).where(eq(adminBackupCodes.adminId, adminId));
  return row?.left ?? 0;
}

/** In place of those that there were. */
export function setBackupCodes(database: DrizzleD1Database, adminId: string, digests: readonly string[]) {
  return [
    database.delete(adminBackupCodes).where(eq(adminBackupCodes.adminId, adminId)),
    database.insert(adminBackupCodes).values(digests.map((digest) => ({ digest, adminId }))),
  ] as const;
}

export function dropFactor(database: DrizzleD1Database, adminId: string) {
  return [
    database.delete(adminBackupCodes).where(eq(adminBackupCodes.adminId, adminId)),
    database.delete(adminSecondFactors).where(eq(adminSecondFactors.adminId, adminId)),
  ] as const;
}
