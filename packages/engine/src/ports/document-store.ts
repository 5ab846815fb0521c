import type { Value } from '@betterbase/core';
import type { NormalizedSchema } from '../migrate/schema-layout.ts';
import type { RowCondition } from './row-condition.ts';

/** A committed document, decoded, a fresh object that its reader owns. */
export type StoredDocument = { _id: string; _creationTime: number } & { [field: string]: Value };

/**
 * One end of an index range. `prefix` holds values for the first fields of the index, in index order; every index goes on
 * with `_creationTime` after its own fields (`by_id` has `_id` alone, `by_creation_time` has `_creationTime` alone).
 * `undefined` stands for a missing field.
 * As a lower end: inclusive = keys that start with the prefix and all above; exclusive = keys above all that start with it.
 * As an upper end: inclusive = keys that start with the prefix and all below; exclusive = keys below all that start with it.
 */
export interface RangeEnd {
  readonly prefix: readonly (Value | undefined)[];
  readonly inclusive: boolean;
}

export interface RangeRead {
  readonly table: string;
  /** A name from the schema, `by_id` or `by_creation_time`. */
  readonly index: string;
  readonly lower: RangeEnd;
  readonly upper: RangeEnd;
  readonly order: 'asc' | 'desc';
  /** At most this many documents. */
  readonly limit: number;
  /** Only documents of which this is true, of all that are committed. */
  readonly where?: RowCondition;
  /** With `where`: a store need not look at more rows of a table than this to find them. Without: as many as it takes. */
  readonly passes?: number;
}

export interface DocumentWrite {
  readonly table: string;
  readonly id: string;
  /** null: the document is new. */
  readonly before: StoredDocument | null;
  /** null: the document is deleted. */
  readonly after: StoredDocument | null;
}

/** Who asked, so that asking again gets the same answer. */
export interface RequestKey {
  /** A client session, an `Idempotency-Key`, or null for a call that only its batch remembers. */
  readonly session: string | null;
  readonly id: string;
}

export interface StoredOutcome {
  readonly version: number;
  readonly request: RequestKey;
  /** Digest of who called; a resend by somebody else is refused. */
  readonly identity: string;
  /** JSON text of an Outcome. */
  readonly outcome: string;
}

export interface CommitBatch {
  /** The version this was decided on. */
  readonly basedOn: number;
  /** The version it becomes: `basedOn + 1`. */
  readonly version: number;
  /** The newest `_creationTime` handed out so far, ms. */
  readonly time: number;
  /** When this is, ms. Becomes the `_updatedTime` of what is written. */
  readonly now: number;
  readonly writes: readonly DocumentWrite[];
  readonly outcome: Omit<StoredOutcome, 'version'> | null;
  /** Kept queries (`KeptQueryStore`) that this touches. They are stale from now on. */
  readonly stale?: readonly number[];
}

export interface StoreState {
  readonly version: number;
  readonly time: number;
  /** The deployment whose schema the tables have; null before the first. */
  readonly deployment: string | null;
  readonly schema: NormalizedSchema;
}

/** Where documents rest. It knows rows; it does not know functions, callers or subscribers. */
export interface DocumentStore {
  /** Prepares the store on first use and says where it stands. */
  open(): Promise<StoreState>;

  /** A run begins. What it reads of a document twice need be looked up once. */
  runBegins?(): void;

  /** The newest committed document, or null. Never sees a half-applied batch. */
  get(table: string, id: string): Promise<StoredDocument | null>;

  /**
   * Committed documents of a range, in index order by the one key encoding (`keys/encode-key.ts`).
   *
   * @throws BetterBaseError `query/reads-too-much` when there are more rows to look at than `passes`
   */
  read(range: RangeRead): Promise<readonly StoredDocument[]>;

  /** How many documents `read` would give without a limit. */
  count(range: Omit<RangeRead, 'order' | 'limit'>): Promise<number>;

  /**
   * Applies every write, the outcome and the version, or nothing.
   *
   * @returns rows written, as the disk counts them.
   * @throws BetterBaseError `commit/conflict` when `basedOn` is no longer the newest version,
   *   `document/not-unique` when a unique index would hold a key twice.
   */
  commit(batch: CommitBatch): Promise<number>;
}

/** What has been answered. Lives in the documents' database because it must commit with them. */
export interface OutcomeStore {
  find(request: RequestKey): Promise<StoredOutcome | null>;
  /** Outcomes of commits above `version`, oldest first. Used to find out what a lost engine call had done. */
  since(version: number): Promise<readonly StoredOutcome[]>;
  /** The client holds these outcomes: ids of `session` up to `upTo` (numbers as text) need not be kept. */
  forget(session: string, upTo: number): Promise<void>;
  /** Drops outcomes that nobody can ask for again: sessionless ones up to `version`, all recorded before `time` (ms). */
  sweep(version: number, time: number): Promise<void>;
}
