import type { SqlValue } from '../sql/sql-value.ts';

/**
 * One statement, its values bound. `?` marks a parameter, whatever the database says for it.
 *
 * Numbers are finite, and -0 is kept as 0; texts are well formed and hold no NUL character. What is otherwise is refused
 * before anything is sent, for no two databases agree on it.
 */
export interface RemoteStatement {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/**
 * What one statement gave. Give each column a name of its own: one of two with the same name may be lost.
 *
 * Booleans are 0 and 1. Integers that a number does not hold exactly are text; D1 has rounded them by then. Whatever else
 * a number, a text and bytes are not (Postgres has more kinds) is its text.
 */
export interface RemoteResult {
  /** Their names, in order. D1 does not tell them where there are no rows. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
  /** How many rows the statement inserted, updated or deleted. 0 for one that reads. */
  readonly rowsWritten: number;
}

/**
 * A database elsewhere. One call is one round trip.
 *
 * It knows statements; it does not know documents, versions or tables. It never tries anything twice.
 */
export interface RemoteSql {
  readonly dialect: 'sqlite' | 'postgres';

  /**
   * Carries out all, in order, in one transaction: all or nothing. Reads see one moment; on Postgres a `write` sees what
   * is committed when each of its statements begins, so that it may wait for another and then see what that one wrote.
   * One result for each statement, in their order. Nothing is sent for an empty list.
   *
   * @throws RemoteSqlError
   */
  batch(statements: readonly RemoteStatement[], mode: 'read' | 'write'): Promise<readonly RemoteResult[]>;
}

export type BrokenConstraint = 'not-null' | 'unique' | 'foreign-key' | 'check';

/** What went wrong. After `unknown` the batch may have been carried out; after everything else nothing was changed. */
export type RemoteFailure =
  | {
      readonly kind: 'constraint';
      readonly which: BrokenConstraint;
      /**
       * What the database named. SQLite: each column of a unique key as `table.column`, or `index 'name'`. Postgres: the
       * constraint or unique index. Not null: `table.column` in both. Empty where it names nothing.
       */
      readonly names: readonly string[];
    }
  /** The database does not do this: bad SQL, a table that is not there, a value it cannot hold. */
  | { readonly kind: 'refused' }
  /** Who we say we are, or the database we ask for, is not known there. */
  | { readonly kind: 'credentials' }
  /** What was sent never arrived, or was a read without an answer. */
  | { readonly kind: 'unreachable' }
  /** The connection was lost, or the time was up, after sending. */
  | { readonly kind: 'unknown' }
  /** Somebody else's transaction was in the way. */
  | { readonly kind: 'busy' }
  /** Too many requests or connections. */
  | { readonly kind: 'overloaded' }
  /** Suspended, or starting. */
  | { readonly kind: 'asleep' }
  /** No space is left, or the plan's quota is used up. */
  | { readonly kind: 'full' };

/** A batch that failed. The message holds the database's own words, never a password or token. */
export class RemoteSqlError extends Error {
  override readonly name = 'RemoteSqlError';
  readonly failure: RemoteFailure;

  constructor(failure: RemoteFailure, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.failure = failure;
  }
}
