/** A page of a table's rows, cut where they become too heavy to be held at once: rows may have 2 MB each, but seldom do. */
import type { SqlRow, SqlText } from './sql-value.ts';
import type { TableCodec } from './table-codec.ts';

export interface PageOf {
  /** Quoted. */
  readonly sqlName: string;
  readonly codec: Pick<TableCodec, 'selected' | 'columns'>;
}

export interface PageBounds {
  /** The first row is the one behind this place. */
  readonly behind: number;
  /** No row behind this one. */
  readonly upTo: number;
}

export interface Page {
  /** `codec.selected` and `_updatedTime`. */
  readonly rows: readonly SqlRow[];
  /** Whether there are none behind these. */
  readonly isLast: boolean;
}

/** At most so many rows, and characters and bytes together; the first row always comes. */
const mostRows = 512;
const mostWeight = 1_000_000;

export function pageText({ sqlName, codec }: PageOf, { behind, upTo }: PageBounds): SqlText {
  const weights = codec.columns.map(({ name }) => `COALESCE(LENGTH(${name}), 0)`);
  const inner = `SELECT ${codec.selected}, _updatedTime, ${['8', ...weights].join(' + ')} AS _bb_weight FROM ${sqlName} WHERE _seq > ? AND _seq <= ? ORDER BY _seq LIMIT ${mostRows}`;
  const counted = `SELECT *, SUM(_bb_weight) OVER (ORDER BY _seq) AS _bb_sum, ROW_NUMBER() OVER (ORDER BY _seq) AS _bb_row, COUNT(*) OVER () AS _bb_count FROM (${inner}) AS _bb_page`;
  return {
    sql: `SELECT ${codec.selected}, _updatedTime, _bb_count FROM (${counted}) AS _bb_counted WHERE _bb_row = 1 OR _bb_sum <= ${mostWeight} ORDER BY _seq`,
    params: [behind, upTo],
  };
}

export function pageOf(rows: readonly SqlRow[]): Page {
  const found = Number(rows[0]?.at(-1) ?? 0);
  return { rows: rows.map((row) => row.slice(0, -1)), isLast: found < mostRows && rows.length === found };
}
