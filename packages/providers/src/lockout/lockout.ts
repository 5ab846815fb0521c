import { toHex } from '@betterbase/core/bytes';
import { BetterBaseError } from '@betterbase/core';
import type { SqlRow, SqlText } from '../sql/sql-value.ts';
import { addressGroup } from './address-group.ts';
import { countAttempt, dropOldAttempts, forgetFailures, forgiveOne, type LockoutRule } from './attempt-statements.ts';

/** Who tries. */
export interface Attempt {
  /** What is tried: `sign-in`, `code`. Each is counted by itself. */
  readonly action: string;
  /** The account as it was typed, whether there is one or not; null where none is named. */
  readonly account: string | null;
  /** The caller's address; null where the network does not say. */
  readonly address: string | null;
}

export interface LockoutRules {
  readonly account: LockoutRule;
  readonly address: LockoutRule;
}

export interface LockoutParts {
  /** Runs statements in order, all of them or none, and gives the rows of each. */
  readonly run: (statements: readonly SqlText[]) => Promise<readonly (readonly SqlRow[])[]>;
  readonly now: () => number;
  readonly rules?: LockoutRules;
}

const minute = 60_000;
const day = 24 * 60 * minute;

/**
 * An account waits half a minute after five failures in a row, then twice as long each time, a quarter of an hour at most: an
 * attacker can hold somebody up, not lock them out. Many people may share an address.
 */
export const signInRules: LockoutRules = {
  account: { free: 5, firstWait: minute / 2, longestWait: 15 * minute, memory: day },
  address: { free: 30, firstWait: minute / 2, longestWait: 60 * minute, memory: day },
};

/** For codes of six digits: at longest waits, a guess succeeds once in some thirty years. */
export const codeRules: LockoutRules = {
  account: { free: 3, firstWait: minute, longestWait: 60 * minute, memory: day },
  address: { free: 15, firstWait: minute, longestWait: 60 * minute, memory: day },
};

/**
 * Makes whoever guesses wait: by account and by address, longer each time.
 *
 * Holds: nothing. The table `attempts` has digests of names, so nobody reads there who tried to sign in.
 * Always true: an attempt counts before it is known how it ends, so that many made at once are not many free guesses; accounts
 * that do not exist are treated as those that do.
 */
export class Lockout {
  readonly #run: LockoutParts['run'];
  readonly #now: () => number;
  readonly #rules: LockoutRules;

  constructor({ run, now, rules = signInRules }: LockoutParts) {
    this.#run = run;
    this.#now = now;
    this.#rules = rules;
  }

  /**
   * To be called before anything is looked up. Counts the attempt as a failure until `succeeded` says otherwise.
   *
   * @throws BetterBaseError `auth/too-many-attempts`, with the seconds to wait in `details.retryAfter`
   */
  async enter(attempt: Attempt): Promise<void> {
    const now = this.#now();
    const names = await this.#namesOf(attempt);
    const { account, address } = this.#rules;
    const rows = await this.#run([
      ...(names.address === null ? [] : [countAttempt(names.address, { rule: address, now, unless: null })]),
      ...(names.account === null ? [] : [countAttempt(names.account, { rule: account, now, unless: names.address })]),
    ]);
    const refusals = rows.map(([row]) => (row?.[0] === 1 ? Number(row[1]) - now : 0));
    const wait = Math.max(0, ...refusals);
    if (wait === 0) return;
    // The address did not guess: the account was not open to anybody.
    if (names.address !== null && refusals[0] === 0) await this.#run([forgiveOne(names.address, address)]);
    throw tooManyAttempts(Math.ceil(wait / 1000));
  }

  /** It was the right password or code. */
  async succeeded(attempt: Attempt): Promise<void> {
    const { account, address } = await this.#namesOf(attempt);
    await this.#run([
      ...(account === null ? [] : [forgetFailures(account)]),
      ...(address === null ? [] : [forgiveOne(address, this.#rules.address)]),
    ]);
  }

  /** For a sweep now and then. */
  async dropOld(): Promise<void> {
    const { account, address } = this.#rules;
    await this.#run([dropOldAttempts(this.#now() - Math.max(account.memory, address.memory))]);
  }

  async #namesOf({ action, account, address }: Attempt): Promise<{ readonly account: string | null; readonly address: string | null }> {
    return {
      account: account === null ? null : await digestOf(`account ${action} ${account.trim().toLowerCase()}`),
      address: address === null ? null : await digestOf(`address ${action} ${addressGroup(address)}`),
    };
  }
}

async function digestOf(text: string): Promise<string> {
  return toHex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

function tooManyAttempts(seconds: number): BetterBaseError {
  return new BetterBaseError('auth/too-many-attempts', 'This was tried too often.', {
    hint: `Try again in ${seconds} seconds.`,
    details: { retryAfter: seconds },
  });
}
