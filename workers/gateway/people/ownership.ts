import { BetterBaseError } from '@betterbase/core';
import { type AssignmentRow, hasOtherOwner } from './admin-store.ts';

/** @throws BetterBaseError `admin/last-owner` */
export async function assertOtherOwner(database: D1Database, adminId: string): Promise<void> {
  if (await hasOtherOwner(database, adminId)) return;
  throw new BetterBaseError('admin/last-owner', 'Nobody would own the installation any more.', {
    hint: 'Make somebody else an owner first.',
  });
}

export function isOwnership({ role, project }: AssignmentRow): boolean {
  return role === 'owner' && project === null;
}
