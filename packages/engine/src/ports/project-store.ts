import type { BackfillStore } from './backfill-store.ts';
import type { DocumentStore, OutcomeStore } from './document-store.ts';
import type { ImportStore } from './import-store.ts';
import type { JointCommits } from './joint-commits.ts';
import type { KeptQueryStore } from './kept-query-store.ts';
import type { SchemaStore } from './schema-store.ts';
import type { SearchStore } from './search-store.ts';
import type { SharedStore } from './shared-store.ts';
import type { SnapshotStore } from './snapshot-store.ts';
import type { SqlStore } from './sql-store.ts';
import type { VectorStore } from './vector-store.ts';

/** What a store may be able to do besides keeping documents. What it cannot do is not there. */
export interface StoreParts {
  readonly sql?: SqlStore;
  readonly snapshots?: SnapshotStore;
  readonly imports?: ImportStore;
  readonly backfills?: BackfillStore;
  /** Where every commit is a round trip. Requests are not looked up there beforehand: the commit refuses those that have an outcome. */
  readonly joint?: JointCommits;
}

/** Where all that a project keeps rests. */
export interface ProjectStore extends DocumentStore, OutcomeStore, SchemaStore, SearchStore, VectorStore, StoreParts, Partial<SharedStore> {
  readonly kept: KeptQueryStore;

  /**
   * Why what it has given cannot be relied on any more: somebody else has committed, or nobody knows what became of a commit.
   * It gives nothing until it is opened again. Absent or null: all is well.
   */
  readonly lost?: Error | null;
}
