import { BetterBaseError } from '@betterbase/core';
import type { Row, RowAnswer, RowCondition, RowOperation } from '@betterbase/providers/rows';
import type { SqlDisk } from '../sql-disk.ts';
import { doUserRows } from './user-rows.ts';
import type { Upgrade } from './users-context.ts';

/** What belongs to a user, in tables of its own. */
const owned = ['account', 'session', 'twoFactor', 'passkey'] as const;

/**
 * Somebody without an account gets one, and stays who they are: the same id, the same sessions.
 *
 * Always true: it happens wholly or not at all, and once.
 */
export class AnonymousUpgrade {
  readonly #disk: SqlDisk;

  constructor(disk: SqlDisk) {
    this.#disk = disk;
  }

  /**
   * To be called inside a transaction.
   *
   * @throws BetterBaseError `auth/upgraded`; Error for what is no operation on what the user owns
   */
  upgrade({ user, set, first }: Upgrade): { readonly changed: RowAnswer; readonly answer: RowAnswer } {
    const changed = doUserRows(this.#disk, {
      do: 'update',
      table: 'user',
      where: [is('id', user), is('isAnonymous', 1)],
      reach: 'one',
      set: { ...set, id: user, isAnonymous: 0 },
      add: {},
    });
    if (changed.count === 0)
      throw new BetterBaseError('auth/upgraded', 'This user has an account already: another request made it first.', {
        hint: 'Sign in with it.',
      });
    if (first === null) return { changed, answer: changed };
    if (first.do !== 'insert' || !owned.some((table) => table === first.table) || first.row['userId'] !== user)
      throw new Error('What comes with an upgrade belongs to its user.');
    return { changed, answer: doUserRows(this.#disk, first) };
  }

  /**
   * An account that waited for its address to be confirmed becomes that of the user who made it. Null where there is none such, or
   * they have got one in the meantime. To be called inside the transaction that confirmed it.
   */
  fold(confirmed: Row): { readonly into: Row; readonly gone: Row } | null {
    const { id: waiting, upgrades: user } = confirmed;
    if (typeof waiting !== 'string' || typeof user !== 'string') return null;
    if (!this.isAnonymous(user)) return null;
    // An account with a password is called by its user.
    this.#disk.rows('UPDATE auth_account SET accountId = ? WHERE userId = ? AND accountId = userId', user, waiting);
    for (const table of owned) this.#disk.rows(`UPDATE auth_${table} SET userId = ? WHERE userId = ?`, user, waiting);
    const [gone] = doUserRows(this.#disk, { do: 'delete', table: 'user', where: [is('id', waiting)], reach: 'one' }).rows;
    const { email = null, emailVerified = null, name = null, image = null, updatedAt = null } = confirmed;
    const { changed } = this.upgrade({ user, set: { email, emailVerified, name, image, updatedAt }, first: null });
    const [into] = changed.rows;
    return into === undefined || gone === undefined ? null : { into, gone };
  }

  /** Whether this is somebody without an account. */
  isAnonymous(user: string): boolean {
    return this.#disk.rows('SELECT 1 FROM auth_user WHERE id = ? AND isAnonymous = 1', user).length > 0;
  }
}

/** Whether something written confirmed an account that waits to become somebody's. */
export function isConfirmed({ do: done, table }: RowOperation, { rows }: RowAnswer): boolean {
  return done === 'update' && table === 'user' && rows.some((row) => row['emailVerified'] === 1 && typeof row['upgrades'] === 'string');
}

function is(field: string, value: string | number): RowCondition {
  return { field, operator: 'eq', value, connector: 'AND', mode: 'sensitive' };
}
