import type { IndexManifest } from '@betterbase/core';
import type { DocumentWrite, StoredDocument } from '@betterbase/engine';

/** An index that SQL does not keep by itself. Every method runs inside the caller's transaction and returns the rows that it wrote. */
export interface SideIndex {
  readonly manifest: IndexManifest;
  create(): void;
  drop(): void;
  add(document: StoredDocument): number;
  apply(write: DocumentWrite): number;
}
