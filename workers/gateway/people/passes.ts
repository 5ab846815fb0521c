/** What somebody may do once, with what is in a link or in a form: rests in D1 as a digest. */
import { and, eq, gt, lte, or } from 'drizzle-orm';
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import { adminPasses } from '../../../migrations/schema.ts';
import { createSecret, digestOf } from '../access/key-text.ts';

export type PassPurpose = (typeof adminPasses.$inferSelect)['purpose'];

/** ms */
const lives = { reset: 60 * 60 * 1000, 'sign-in': 5 * 60 * 1000 } as const satisfies Record<PassPurpose, number>;

export interface OpenedPass {
  readonly token: string;
  /** ms since 1970 */
  readonly expiresAt: number;
  /** To be put into a batch. In place of one that this admin has for the same. */
  readonly writes: ReturnType<typeof replacePass>;
}

export async function openPass(
  database: DrizzleD1Database,
  { adminId, purpose }: { readonly adminId: string; readonly purpose: PassPurpose },
  now: number,
): Promise<OpenedPass> {
  const { key: token, digest } = await createSecret(`bb_${purpose.replace('-', '_')}_`);
  const expiresAt = now + lives[purpose];
  return { token, expiresAt, writes: replacePass(database, { digest, adminId, purpose, expiresAt }, now) };
}

function replacePass(database: DrizzleD1Database, row: typeof adminPasses.$inferSelect, now: number) {
  const isSame = and(eq(adminPasses.adminId, row.adminId), eq(adminPasses.purpose, row.purpose));
  // Several browsers may be signing in; of links for another password the newest is good.
  const isOver = lte(adminPasses.expiresAt, now);
  return [
    database.delete(adminPasses).where(row.purpose === 'reset' ? or(isSame, isOver) : isOver),
    database.insert(adminPasses).values(row),
  ] as const;
}

/** Whose it is; null: it is good for nothing. */
export async function findPass(database: D1Database, token: string, purpose: PassPurpose, now: number): Promise<string | null> {
  const [row] = await drizzle(database)
    .select({ adminId: adminPasses.adminId })
    .from(adminPasses)
    .where(and(eq(adminPasses.digest, await digestOf(token)), eq(adminPasses.purpose, purpose), gt(adminPasses.expiresAt, now)))
    .limit(1);
  return row?.adminId ?? null;
}

/** As `findPass`, and it is good for nothing from now on. Of two at once one has it. */
export async function takePass(database: D1Database, token: string, purpose: PassPurpose, now: number): Promise<string | null> {
  const [row] = await drizzle(database)
    .delete(adminPasses)
    .where(and(eq(adminPasses.digest, await digestOf(token)), eq(adminPasses.purpose, purpose), gt(adminPasses.expiresAt, now)))
    .returning({ adminId: adminPasses.adminId });
  return row?.adminId ?? null;
}

export function dropPasses(database: DrizzleD1Database, adminId: string) {
  return database.delete(adminPasses).where(eq(adminPasses.adminId, adminId));
}
