import type { CommitBatch } from './document-store.ts';

/** Of a store to which every commit is a round trip: several at the price of one. */
export interface JointCommits {
  /**
   * Commits all, each based on the one before it, or none.
   *
   * @returns for each the rows written, about.
   * @throws whatever `commit` may throw, for one of them. Which is not said.
   */
  commitAll(batches: readonly CommitBatch[]): Promise<readonly number[]>;
}
