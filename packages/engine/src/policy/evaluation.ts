/** What a compiled condition is given when it is asked about a row. */
import type { Value } from '@betterbase/core';
import type { StoredDocument } from '../ports/document-store.ts';
import type { SqlValue, Truth } from './sql-value.ts';

/** Where nothing must be read, the answer is there at once. */
export type Later<T> = T | Promise<T>;

/** Who asks, as the identity functions say it. */
export interface PolicyCaller {
  readonly uid: string | null;
  readonly role: string;
  readonly email: string | null;
  readonly jwt: { readonly [claim: string]: Value } | null;
}

/** A row, and the one around it for the row of a subquery. */
export interface RowFrame {
  readonly row: StoredDocument;
  readonly outer: RowFrame | null;
}

/** A field that must have this value for a row to count. */
export interface Pin {
  readonly field: string;
  readonly value: SqlValue;
}

/** The rows that subqueries read: all of the table, whoever asks. */
export interface RowSource {
  /** Visits at least all rows that have what is pinned, until a visit returns true. */
  visit(table: string, pins: readonly Pin[], visit: (row: StoredDocument) => Later<boolean>): Promise<void>;
  /** What `work` gives for the key, remembered for as long as nothing is written. */
  remember(subquery: object, key: string, work: () => Promise<Truth>): Promise<Truth>;
}

export interface Asked {
  readonly caller: PolicyCaller;
  readonly rows: RowSource;
  readonly frame: RowFrame;
}

export function after<A, B>(value: Later<A>, next: (value: A) => Later<B>): Later<B> {
  return value instanceof Promise ? value.then(next) : next(value);
}
