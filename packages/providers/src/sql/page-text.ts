/** A page of a table's rows, cut where they become too heavy to be held at once: rows may have 2 MB each, but seldom do. */
import type { SqlRow, SqlText } from './sql-value.ts';
import type { TableCodec } from './table-codec.ts';

export interface PageOf {
  /** Quoted. */
  readonly sqlName: string;
  readonly codec: Pick<TableCodec, 'selected' | 'columns' | 'dialect'>;
}

export interface PageBounds {
  /** The first row is the one behind this place. */
  readonly behind: number;
  /** No row behind this one. */
  readonly upTo: number;
  /** What else is to be true of a row: ` AND …`. */
  readonly where?: string;
  /** At most so many rows, whatever they weigh. */
  readonly most?: number;
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

/** What is sent for a page; `pageOf` makes it of what comes back. */
export function pageTexts(table: PageOf, { behind, upTo, where = '', most = mostRows }: PageBounds): readonly SqlText[] {
  const { sqlName, codec } = table;
  const weighed = `SELECT _seq, ${weightOf(codec)} AS weight FROM ${sqlName} WHERE _seq > ? AND _seq <= ?${where} ORDER BY _seq LIMIT ${Math.min(most, mostRows)}`;
  const summed = `SELECT _seq, SUM(weight) OVER (ORDER BY _seq) AS weight_so_far, ROW_NUMBER() OVER (ORDER BY _seq) AS number FROM (${weighed}) AS weighed`;
  const end = `SELECT MAX(_seq) FROM (${summed}) AS summed WHERE number = 1 OR weight_so_far <= ${mostWeight}`;
  return [
    {
      sql: `SELECT ${codec.selected}, "_updatedTime" FROM ${sqlName} WHERE _seq > ? AND _seq <= (${end})${where} ORDER BY _seq`,
      params: [behind, behind, upTo],
    },
    { sql: `SELECT MAX(_seq) AS last FROM ${sqlName} WHERE _seq <= ?${where}`, params: [upTo] },
  ];
}

export function pageOf([rows = [], ends = []]: readonly (readonly SqlRow[])[]): Page {
  const reached = rows.at(-1)?.[0];
  return { rows, isLast: reached === undefined || Number(reached) >= Number(ends[0]?.[0]) };
}

function weightOf({ columns, dialect }: PageOf['codec']): string {
  const { text, json, extra, bytes, vector, key } = dialect.types;
  const weights = columns.flatMap(({ name, type }) => {
    if (type === bytes || type === vector || type === key) return [`COALESCE(LENGTH(${name}), 0)`];
    return type === text || type === json || type === extra ? [`COALESCE(LENGTH(CAST(${name} AS TEXT)), 0)`] : [];
  });
  return sumOf(['8', ...weights]);
}

/** Databases refuse expressions that are too deep, and a chain is as deep as it is long. */
function sumOf(terms: readonly string[]): string {
  if (terms.length < 3) return terms.join(' + ');
  const half = terms.length >> 1;
  return `(${sumOf(terms.slice(0, half))}) + (${sumOf(terms.slice(half))})`;
}
