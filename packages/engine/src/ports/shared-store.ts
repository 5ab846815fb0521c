import type { DocumentWrite } from './document-store.ts';

/** What only an engine can give to a document. */
export interface NewDocument {
  readonly id: string;
  readonly creationTime: number;
}

/** Whoever takes account of what others have written. */
export interface OutsideListener {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** For a row that somebody wrote without an id: it becomes a document now. */
  readonly newDocument: (tableNumber: number) => NewDocument;
  /** Comes before they are taken over, more than once if others go on writing. Gives the kept queries that they make stale. */
  readonly heard: (writes: readonly DocumentWrite[]) => Promise<readonly number[]>;
}

export interface CaughtUp {
  readonly version: number;
  /** The newest `_creationTime` there is, ms. */
  readonly time: number;
  /** Documents that others have changed. */
  readonly changed: number;
  /** Rows that no document can be: taken back, and kept aside with the reason. */
  readonly refused: readonly { readonly table: string; readonly id: string; readonly code: string; readonly message: string }[];
}

/** A store in a database that other programs write to, too. */
export interface SharedStore {
  /** The database has moved on, perhaps by others' writes. Until `catchUp` the store is lost. */
  readonly isBehind: boolean;
  /** Finds out whether it has. @throws BetterBaseError `commit/conflict` when it has */
  look(): Promise<void>;
  /**
   * Takes over what others have written, and stands at the newest version.
   *
   * @throws BetterBaseError `commit/conflict` when something else has moved it on, such as another engine
   */
  catchUp(listener: OutsideListener): Promise<CaughtUp>;
}
