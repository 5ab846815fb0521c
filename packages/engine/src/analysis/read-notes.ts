import type { FieldComparison } from '../database/filter-expression.ts';
import type { RangeRead } from '../ports/document-store.ts';
import type { SqlPlan } from '../ports/sql-store.ts';
import type { RangeScan } from '../transaction/range-scan.ts';

/** One reading of an index range. */
export interface ScanNote {
  readonly kind: 'scan';
  readonly scan: RangeScan;
  readonly range: Omit<RangeRead, 'limit'>;
  /** What the documents read had to pass, as far as it compares fields. */
  compared: readonly FieldComparison[];
  isFiltered: boolean;
  /** Sorted in memory by this field. */
  sortField: string | null;
  /** How many passed. */
  wanted: number;
}

/** One statement. */
export interface SqlNote {
  readonly kind: 'sql';
  readonly plan: SqlPlan;
  readonly tables: readonly string[];
  /** Of its table it looked at no more than the document of an id. */
  readonly isOne: boolean;
  /** Null where the database does not say. */
  readonly rowsRead: number | null;
  readonly rowsReturned: number;
}

/** What a run reads, noted while somebody wants to know: how, and how much of it was in vain. */
export class ReadNotes {
  readonly #notes: (ScanNote | SqlNote)[] = [];
  readonly #byScan = new Map<object, ScanNote>();
  /** How many documents were asked for by id, by table. */
  readonly gets = new Map<string, number>();

  get all(): readonly (ScanNote | SqlNote)[] {
    return this.#notes;
  }

  scanned(scan: RangeScan, range: Omit<RangeRead, 'limit'>): void {
    const note: ScanNote = { kind: 'scan', scan, range, compared: [], isFiltered: false, sortField: null, wanted: 0 };
    this.#notes.push(note);
    this.#byScan.set(scan, note);
  }

  /** The note of a scan, for whoever made it to say more. */
  of(scan: object): ScanNote | undefined {
    return this.#byScan.get(scan);
  }

  ran(note: Omit<SqlNote, 'kind'>): void {
    this.#notes.push({ kind: 'sql', ...note });
  }

  got(table: string): void {
    this.gets.set(table, (this.gets.get(table) ?? 0) + 1);
  }
}
