/** How a second factor comes to count: begun, confirmed with a first code, and backup codes beside it. */
import { BetterBaseError } from '@betterbase/core';
import { drizzle } from 'drizzle-orm/d1';
import { addEntry } from '../access/audit.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { createBackupCodes, digestOfBackupCode } from './backup-codes.ts';
import { endAccess } from './end-access.ts';
import { takeCode } from './second-factor.ts';
import { confirmFactor, readFactor, setBackupCodes } from './second-factor-store.ts';

export interface BackupCodes {
  /** Told once. */
  readonly codes: readonly string[];
  readonly digests: readonly string[];
}

/**
 * From now on codes are asked of this admin. The backup codes.
 *
 * @param kept the session in which it happens; the others came without a code, and end
 * @throws BetterBaseError `admin/second-factor`, `auth/bad-code`, `auth/too-many-attempts`, `environment/unreadable`
 */
export async function confirmSecondFactor(
  context: GatewayContext,
  { admin, kept }: { readonly admin: string; readonly kept: string | null },
  code: string,
): Promise<readonly string[]> {
  const { env } = context;
  const factor = await readFactor(env.DB, admin);
  if (factor === null || factor.confirmedAt !== null)
    throw new BetterBaseError(
      'admin/second-factor',
      factor === null ? 'You have begun no second factor.' : 'Your second factor counts already.',
      {
        hint: '`bb account second-factor enable` begins one.',
      },
    );
  await takeCode(context, factor, code);
  const { codes, digests } = await newBackupCodes(admin);
  const database = drizzle(env.DB);
  const [confirmed] = await database.batch([
    confirmFactor(database, factor, Date.now()),
    ...setBackupCodes(database, admin, digests),
    ...endAccess(database, admin, kept),
    addEntry(database, context, ofFactor(admin)),
  ]);
  if (confirmed.length === 0)
    throw new BetterBaseError('admin/second-factor', 'Your second factor was changed meanwhile.', { hint: 'Begin again.' });
  return codes;
}

export async function newBackupCodes(admin: string): Promise<BackupCodes> {
  const codes = createBackupCodes();
  return { codes, digests: await Promise.all(codes.map((code) => digestOfBackupCode(admin, code))) };
}

/** For the audit log. */
export function ofFactor(admin: string) {
  return { resourceType: 'second_factor', resourceId: admin, project: null } as const;
}
