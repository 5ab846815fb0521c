import type { Row, RowCondition } from '@betterbase/providers/rows';
import type { AnonymousOptions } from 'better-auth/plugins/anonymous';
import { currentRows } from '../../current-call.ts';

/** An account that is older than this was there before, ms. */
const justMade = 60_000;

/**
 * Somebody without an account has signed in. If the account is new it becomes theirs, under the id that they had, so that what
 * documents say of them stays right. If it was there before, they go on as who they were there.
 */
export const keepAnonymous: NonNullable<AnonymousOptions['onLinkAccount']> = async ({ anonymousUser, newUser }) => {
  const [before, made] = [anonymousUser.user.id, newUser.user.id];
  if (before === made || Date.now() - newUser.user.createdAt.getTime() > justMade) return;
  const rows = currentRows();
  const sessions = await rows.rows({ do: 'count', table: 'session', where: [is('userId', made)] });
  if (sessions.count > 1) return;
  for (const table of ['account', 'session', 'twoFactor'])
    await rows.rows({ do: 'update', table, where: [is('userId', made)], reach: 'all', set: { userId: before }, add: {} });
  // An account with a password is called by its user.
  await rows.rows({ do: 'update', table: 'account', where: [is('accountId', made)], reach: 'all', set: { accountId: before }, add: {} });
  const { rows: deleted } = await rows.rows({ do: 'delete', table: 'user', where: [is('id', made)], reach: 'one' });
  const known = deleted[0];
  if (known === undefined) return;
  const set: Row = { ...known, id: before, createdAt: anonymousUser.user.createdAt.toISOString(), isAnonymous: 0 };
  await rows.rows({ do: 'update', table: 'user', where: [is('id', before)], reach: 'one', set, add: {} });
  Object.assign(newUser.user, { id: before, isAnonymous: false, createdAt: anonymousUser.user.createdAt });
  Object.assign(newUser.session, { userId: before });
};

function is(field: string, value: string): RowCondition {
  return { field, operator: 'eq', value, connector: 'AND', mode: 'sensitive' };
}
