import type { IndexManifest } from '@betterbase/core';
import type { DocumentWrite } from '@betterbase/engine';
import type { SqlText } from './sql-value.ts';

/** What is kept beside the documents for one of their indexes, as SQL texts. */
export interface SideTexts {
  readonly manifest: IndexManifest;
  readonly createTexts: readonly string[];
  readonly dropTexts: readonly string[];

  /** What takes the index from the documents before to those after. */
  apply(writes: readonly DocumentWrite[]): readonly SqlText[];
}
