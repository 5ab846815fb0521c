/** Passwords are hashed here alone, so that a request can tell whether it has done what such a request costs. */
import type { RowCondition } from '@betterbase/providers/rows';
import { hashPassword, verifyPassword } from 'better-auth/crypto';
import { currentCall } from '../current-call.ts';

export const passwordWork = {
  hash: async (password: string): Promise<string> => {
    currentCall().hasHashed = true;
    return await hashPassword(password);
  },
  verify: async (shown: { readonly hash: string; readonly password: string }): Promise<boolean> => {
    currentCall().hasHashed = true;
    return await verifyPassword(shown);
  },
};

/** Of these, each that is refused has cost as much as any other: how long it took says nothing about accounts. */
const costly: ReadonlySet<string> = new Set(['/sign-in/email', '/sign-in/phone-number']);

/** Does what a refused request has not done, since it found no account to do it for. @param lookups so far */
export async function evenOut(path: string, { status }: Response, lookups: number): Promise<void> {
  if (!costly.has(path) || status !== 401) return;
  const { hasHashed, rows } = currentCall();
  if (lookups < 2) await rows.rows({ do: 'find', table: 'account', where: [ofNobody], limit: 1, offset: 0, sort: null });
  if (hasHashed !== true) await passwordWork.hash('nobody’s');
}

const ofNobody: RowCondition = { field: 'userId', operator: 'eq', value: 'nobody', connector: 'AND', mode: 'sensitive' };
