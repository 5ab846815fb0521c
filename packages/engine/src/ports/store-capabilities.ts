/** What a store may be unable to do. Documents, outcomes and schema every store can keep. */
export type StoreCapability = 'search' | 'vectors' | 'snapshots' | 'imports' | 'backfill' | 'kept queries';

/** What is said of a store besides what it does. */
export interface StoreStanding {
  /** What it cannot do, and why. Asked all the same it refuses: `provider/cannot`. Absent: it can do everything. */
  readonly lacks?: ReadonlyMap<StoreCapability, string>;

  /**
   * Why what it has given cannot be relied on any more: somebody else has committed, or nobody knows what became of a commit.
   * It gives nothing until it is opened again. Absent or null: all is well.
   */
  readonly lost?: Error | null;
}
