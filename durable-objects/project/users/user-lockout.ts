import { type Attempt, attemptsTable, codeRules, Lockout, type LockoutRules, signInRules } from '@betterbase/providers/lockout';
import type { SqlDisk } from '../sql-disk.ts';
import type { AttemptClass } from './users-context.ts';

const minute = 60_000;

/** A mailbox gets five messages at once, and then one after longer and longer waits. */
const messageRules: LockoutRules = {
  account: { free: 5, firstWait: minute, longestWait: 60 * minute, memory: 60 * minute },
  address: { free: 20, firstWait: minute, longestWait: 60 * minute, memory: 60 * minute },
};

/** Makes whoever guesses wait, in one table of the project's. */
export class UserLockout {
  readonly #lockouts: Readonly<Record<AttemptClass, Lockout>>;

  constructor(disk: SqlDisk, now: () => number) {
    let isOpen = false;
    const withRules = (rules: LockoutRules): Lockout =>
      new Lockout({
        rules,
        now,
        run: async (statements) => {
          if (!isOpen) disk.rows(attemptsTable);
          isOpen = true;
          const results: ReturnType<SqlDisk['rows']>[] = [];
          disk.transaction(() => {
            for (const { sql, params } of statements) results.push(disk.rows(sql, ...params));
          });
          return results;
        },
      });
    this.#lockouts = { 'sign-in': withRules(signInRules), code: withRules(codeRules), message: withRules(messageRules) };
  }

  /** @throws BetterBaseError `auth/too-many-attempts` */
  enter(how: AttemptClass, attempt: Attempt): Promise<void> {
    return this.#lockouts[how].enter(attempt);
  }

  succeeded(how: AttemptClass, attempt: Attempt): Promise<void> {
    return this.#lockouts[how].succeeded(attempt);
  }
}
