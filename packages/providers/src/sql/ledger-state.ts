import type { StoreState } from '@betterbase/engine';
import type { TablePlace } from './table-place.ts';

export interface LedgerState extends StoreState {
  /** The number that the next new table will have. */
  readonly nextTable: number;
  /** As `TableCounts.text` gave it with the newest version. */
  readonly counts: string | null;
  /** Where each table is, by its name. */
  readonly places: ReadonlyMap<string, TablePlace>;
}
