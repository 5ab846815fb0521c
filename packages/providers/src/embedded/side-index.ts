import type { IndexManifest } from '@betterbase/core';
import type { DocumentWrite } from '@betterbase/engine';

/** An index that SQL does not keep by itself. Every method runs inside the caller's transaction. */
export interface SideIndex {
  readonly manifest: IndexManifest;
  /** Makes it, of the documents that are there. */
  create(): void;
  drop(): void;
  /** Follows writes that the table has carried out already, and returns the rows that it wrote. */
  apply(writes: readonly DocumentWrite[]): number;
}
