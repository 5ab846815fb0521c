import type { CommitBatch } from './document-store.ts';

/** Of a store to which every commit is a round trip: several at the price of one. */
export interface JointCommits {
  /**
   * Commits all, each based on the one before it, or none.
   *
   * May be called again before it has come to an end, with what is based on the last of them: that does not happen unless this
   * does, and the calls come to their ends in order. Until then whoever reads what they write may see it or not; everything
   * else can be read as ever.
   *
   * @param engine who commits: no other engine, before or after, has this name. Absent: nothing is sent until this has ended.
   * @returns for each the rows written, about.
   * @throws whatever `commit` may throw, for one of them. Which is not said. `commit/conflict` for what is based on one that
   *   was refused.
   */
  commitAll(batches: readonly CommitBatch[], engine?: string): Promise<readonly number[]>;
}
