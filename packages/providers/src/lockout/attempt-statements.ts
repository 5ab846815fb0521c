/** Attempts as one SQLite table, in a project's object or in D1: each step is one statement, so that those made at once count one by one. */
import type { SqlText } from '../sql/sql-value.ts';

/** How much somebody may get wrong, and what follows. Times in ms. */
export interface LockoutRule {
  /** So many attempts in a row that fail are waited for by nobody. */
  readonly free: number;
  /** How long the next one has to wait; twice as long after each that fails then. */
  readonly firstWait: number;
  readonly longestWait: number;
  /** Failures are forgotten when nothing was tried for so long. */
  readonly memory: number;
}

export const attemptsTable = `CREATE TABLE IF NOT EXISTS attempts (name TEXT PRIMARY KEY NOT NULL, failures INTEGER NOT NULL,
    last_at INTEGER NOT NULL, waits_until INTEGER NOT NULL, refused INTEGER NOT NULL) WITHOUT ROWID`;

/**
 * Counts an attempt as one that fails, unless it has to wait. Its row is `refused` (1 or 0) and `waits_until`.
 * `unless`: no row and nothing counted where this one has just been refused.
 *
 * Expressions of an update see the row as it was.
 */
export function countAttempt(name: string, { rule, now, unless }: { rule: LockoutRule; now: number; unless: string | null }): SqlText {
  const { free, firstWait, longestWait, memory } = rule;
  const isForgotten = '(attempts.last_at <= ?2 - ?3 AND attempts.waits_until <= ?2)';
  const failures = `CASE WHEN ${isForgotten} THEN 1 WHEN attempts.waits_until > ?2 THEN attempts.failures ELSE attempts.failures + 1 END`;
  return {
    sql: `INSERT INTO attempts (name, failures, last_at, waits_until, refused) SELECT ?1, 1, ?2, 0, 0
      WHERE NOT EXISTS (SELECT 1 FROM attempts WHERE name = ?7 AND refused = 1 AND waits_until > ?2)
      ON CONFLICT (name) DO UPDATE SET
        refused = attempts.waits_until > ?2,
        failures = ${failures},
        last_at = CASE WHEN attempts.waits_until > ?2 THEN attempts.last_at ELSE ?2 END,
        waits_until = CASE WHEN attempts.waits_until > ?2 OR (${failures}) < ?4 THEN attempts.waits_until
          ELSE ?2 + min(?6, ?5 * (1 << min(20, (${failures}) - ?4))) END
      RETURNING refused, waits_until`,
    params: [name, now, memory, free, firstWait, longestWait, unless],
  };
}

/** It was no failure after all, and whoever has proved who they are begins anew. */
export function forgetFailures(name: string): SqlText {
  return { sql: 'DELETE FROM attempts WHERE name = ?1', params: [name] };
}

/** Takes one failure back; those of others from the same address stay. */
export function forgiveOne(name: string, { free }: LockoutRule): SqlText {
  return {
    sql: `UPDATE attempts SET failures = max(0, failures - 1), waits_until = CASE WHEN failures - 1 < ?2 THEN 0 ELSE waits_until END WHERE name = ?1`,
    params: [name, free],
  };
}

/** Rows that mean nothing any more. */
export function dropOldAttempts(before: number): SqlText {
  return { sql: 'DELETE FROM attempts WHERE last_at < ?1 AND waits_until < ?1', params: [before] };
}
