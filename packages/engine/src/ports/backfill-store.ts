import type { SchemaTarget } from '../migrate/schema-target.ts';
import type { StoredDocument } from './document-store.ts';

/** What a back-fill is for. */
export interface BackfillStart {
  readonly deployment: string;
  readonly target: SchemaTarget;
  /** Which tables are written anew, by the names that they will have. */
  readonly tables: readonly string[];
}

export interface BackfillState extends BackfillStart {
  /** How many documents lie ready, of how many. */
  readonly done: number;
  readonly total: number;
}

/** Documents to change. */
export interface BackfillBatch {
  /** As it will be called. */
  readonly table: string;
  /** The version that the documents were read at. */
  readonly asOf: number;
  /** The place that the batch ends at; null: documents that were written after they had been changed. */
  readonly upTo: number | null;
  /** As they are now. */
  readonly documents: readonly StoredDocument[];
}

/**
 * Tables that are written anew, some documents at a time, while the old ones serve. Commits go on: a document that one
 * writes is changed again later. Nobody sees any of it before `migrate` has put the new tables in the place of the old.
 */
export interface BackfillStore {
  /** Begins. What an earlier one for another deployment has left goes. */
  begin(start: BackfillStart): Promise<void>;

  /** The one under way, also if another life of the store has begun it; null if there is none. */
  state(): Promise<BackfillState | null>;

  /** The next documents to change; null when there are none left for now. */
  take(most: number): Promise<BackfillBatch | null>;

  /**
   * Lays changed documents aside, in place of a batch. Those that were written since are left for another batch. Doing it
   * twice does it once.
   *
   * @throws BetterBaseError `document/not-unique`, `document/too-large`
   */
  layAside(batch: BackfillBatch): Promise<void>;

  /** Forgets it. */
  drop(): Promise<void>;
}
