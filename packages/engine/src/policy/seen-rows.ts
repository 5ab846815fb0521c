import type { StoredDocument } from '../ports/document-store.ts';
import type { Overlay } from '../transaction/overlay.ts';
import type { RangeScan } from '../transaction/range-scan.ts';
import type { Scan } from '../transaction/read-view.ts';
import type { Evaluate } from './compile-condition.ts';
import { isOutdated, type SeenFilter, type SeenPlan } from './seen-filter.ts';

export interface SeenRowsParts {
  readonly table: string;
  readonly overlay: Overlay;
  readonly filter: SeenFilter;
  /** Opens the scan; `plan` says what the store is asked from now on. */
  readonly open: (plan: () => SeenPlan) => RangeScan;
  /** Whether a row is seen, whoever has written it. */
  readonly sees: (row: StoredDocument) => Promise<boolean> | boolean;
  readonly holds: (left: readonly Evaluate[], row: StoredDocument) => Promise<boolean> | boolean;
}

const mostAtOnce = 1_024;

/**
 * The rows of a scan that are seen.
 *
 * Always true: of committed rows the store has decided what it can, and the rest is asked here; the run's own are asked here.
 */
export class SeenRows implements Scan {
  readonly #parts: SeenRowsParts;
  #scan: RangeScan | null = null;
  /** What was asked of the rows that are waiting. */
  #asked: SeenPlan | null = null;

  constructor(parts: SeenRowsParts) {
    this.#parts = parts;
  }

  async next(ahead: number): Promise<StoredDocument | null> {
    const scan = this.#open();
    for (;;) {
      this.#keepUp(scan);
      const row = await scan.next(ahead);
      if (row === null || (await this.#sees(row))) return row;
    }
  }

  async take(count: number): Promise<StoredDocument[]> {
    const { overlay, filter } = this.#parts;
    if (overlay.size === 0 && filter.plan(overlay).left.length === 0) return await this.#open().take(count);
    const taken: StoredDocument[] = [];
    while (taken.length < count) {
      const row = await this.next(Math.min(count - taken.length, mostAtOnce));
      if (row === null) break;
      taken.push(row);
    }
    return taken;
  }

  #open(): RangeScan {
    const { open, filter, overlay } = this.#parts;
    this.#scan ??= open(() => {
      this.#asked = filter.plan(overlay);
      return this.#asked;
    });
    return this.#scan;
  }

  /** What a subquery reads may have been written since the rows that are waiting were fetched. */
  #keepUp(scan: RangeScan): void {
    if (this.#asked === null || !isOutdated(this.#asked, this.#parts.overlay)) return;
    this.#asked = null;
    scan.fetchAgain();
  }

  #sees(row: StoredDocument): Promise<boolean> | boolean {
    const { table, overlay, sees, holds } = this.#parts;
    const left = this.#asked?.left;
    if (left === undefined || overlay.find(table, row._id) !== undefined) return sees(row);
    return left.length === 0 || holds(left, row);
  }
}
