/** A live query as it rests on disk while nobody has it in memory. */
export interface KeptQuery {
  readonly number: number;
  /** What the engine must know to go on with it. No store looks into it. */
  readonly text: string;
}

/** The same, with where it is found: a write at none of its points touches nothing of what it read. */
export interface FindableQuery extends KeptQuery {
  /** Whole numbers below 2^53. */
  readonly points: readonly number[];
  /** It is not known what it read: it is stale from the beginning. */
  readonly isStale: boolean;
}

/**
 * Live queries that outlive the engine's memory. They rest beside the documents because a commit that touches one says so
 * (`CommitBatch.stale`) in the same transaction: what is kept and not stale is right as of the newest version, always.
 * An import makes all of them stale, and a migration forgets them.
 */
export interface KeptQueryStore {
  has(): Promise<boolean>;

  /** Puts these in place of what is kept under their numbers, and forgets `dropped`. */
  keep(queries: readonly FindableQuery[], dropped: readonly number[]): Promise<void>;

  /** The numbers of those that have one of these points, stale or not. */
  at(points: readonly number[]): Promise<readonly number[]>;

  /** Those of these numbers that are kept. */
  read(numbers: readonly number[]): Promise<readonly KeptQuery[]>;

  /** The first `most` whose numbers are above `after`, in order, stale or not. */
  after(after: number, most: number): Promise<readonly KeptQuery[]>;

  stale(): Promise<readonly KeptQuery[]>;

  /** Which of these are kept. */
  among(numbers: readonly number[]): Promise<readonly number[]>;

  /** Forgets all but these. */
  retain(numbers: readonly number[]): Promise<void>;
}
