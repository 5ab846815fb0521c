/** The figures that are judged, and what they are to reach. */
import type { FigureName } from '../measure/figures.ts';

export type Target =
  /** Ours divided by bare. */
  | { readonly against: 'bare'; readonly atLeast: number }
  | { readonly against: 'bare'; readonly atMost: number }
  /** Ours divided by ours of another label. */
  | { readonly against: string; readonly atMost: number }
  | { readonly against: 'nothing'; readonly atMost: number }
  | { readonly against: 'nothing'; readonly atLeast: number }
  | { readonly against: 'nothing' };

export interface Row {
  readonly label: string;
  readonly figure: FigureName;
  readonly target: Target;
}

export const rows: readonly Row[] = [
  ...(['HTTP', 'WebSocket'] as const).flatMap((door): Row[] => [
    { label: `${door} query, first run`, figure: 'rate', target: { against: 'bare', atLeast: 0.9 } },
    { label: `${door} query, repeated`, figure: 'rate', target: { against: 'bare', atLeast: 1.5 } },
    { label: `${door} insert`, figure: 'rate', target: { against: 'bare', atLeast: 2 } },
    { label: `${door} patch`, figure: 'rate', target: { against: 'bare', atLeast: 2 } },
    { label: `${door} insert, one at a time`, figure: 'p50', target: { against: 'bare', atMost: 1.5 } },
  ]),
  { label: 'Watchers of one query, send to last update', figure: 'p50', target: { against: 'bare', atMost: 1.2 } },
  { label: 'Watchers of one query, send to last update', figure: 'cpu', target: { against: 'bare', atMost: 1.2 } },
  { label: 'Watchers of different keys, update', figure: 'p50', target: { against: 'bare', atMost: 1.5 } },
  { label: 'Watchers of different keys, unwatched write', figure: 'rate', target: { against: 'bare', atLeast: 1 } },
  {
    label: 'Unwatched write beside many watchers',
    figure: 'cpu',
    target: { against: 'Unwatched write beside few watchers', atMost: 1.2 },
  },
  { label: 'Page of 50, first', figure: 'p50', target: { against: 'nothing' } },
  { label: 'Page of 50, middle', figure: 'p50', target: { against: 'Page of 50, first', atMost: 1.2 } },
  { label: 'Page of 50, last', figure: 'p50', target: { against: 'Page of 50, first', atMost: 1.2 } },
  { label: 'Count, few rows', figure: 'p50', target: { against: 'nothing' } },
  { label: 'Count, some rows', figure: 'p50', target: { against: 'Count, few rows', atMost: 1.5 } },
  { label: 'Count, many rows', figure: 'p50', target: { against: 'Count, few rows', atMost: 1.5 } },
  { label: 'Few rows of many by a policy', figure: 'p50', target: { against: 'bare', atMost: 1.5 } },
  { label: 'Search, rare words', figure: 'p50', target: { against: 'bare', atMost: 1.5 } },
  { label: 'Search, common words', figure: 'cpu', target: { against: 'bare', atMost: 1.5 } },
  { label: 'Vectors, few', figure: 'cpu', target: { against: 'bare', atMost: 1.5 } },
  { label: 'Vectors, many', figure: 'cpu', target: { against: 'bare', atMost: 1.5 } },
  { label: 'Vectors, few, approximate', figure: 'cpu', target: { against: 'Vectors, few', atMost: 1 } },
  { label: 'Vectors, many, approximate', figure: 'cpu', target: { against: 'Vectors, many', atMost: 0.5 } },
  { label: 'Vectors, approximate: recall', figure: 'recall', target: { against: 'nothing', atLeast: 0.95 } },
  { label: 'Count, few rows: rows read', figure: 'rows', target: { against: 'nothing', atMost: 1_000 } },
  { label: 'Count, some rows: rows read', figure: 'rows', target: { against: 'nothing', atMost: 1_000 } },
  { label: 'Count, many rows: rows read', figure: 'rows', target: { against: 'nothing', atMost: 1_000 } },
  { label: 'Rows written, insert', figure: 'rows', target: { against: 'nothing' } },
  { label: 'Rows written, patch', figure: 'rows', target: { against: 'nothing' } },
  { label: 'Idle subscription', figure: 'bytes', target: { against: 'nothing' } },
  { label: 'Idle socket', figure: 'bytes', target: { against: 'nothing' } },
  { label: 'Embedded: query asked before', figure: 'cpu', target: { against: 'nothing' } },
  ...['D1', 'Turso', 'Neon'].flatMap((place): Row[] => [
    { label: `${place}: cold query of 50 rows`, figure: 'p50', target: { against: 'bare', atMost: 1.25 } },
    { label: `${place}: query asked before`, figure: 'cpu', target: { against: 'Embedded: query asked before', atMost: 1.1 } },
    { label: `${place}: mutation of three writes`, figure: 'rate', target: { against: 'bare', atLeast: 1 } },
    { label: `${place}: mutation of three writes, one at a time`, figure: 'rate', target: { against: 'bare', atLeast: 1 } },
  ]),
  { label: 'bb dev: save to changed answer', figure: 'p50', target: { against: 'nothing', atMost: 500 } },
  { label: 'Size: client', figure: 'bytes', target: { against: 'nothing', atMost: 12_000 } },
  { label: 'Size: react', figure: 'bytes', target: { against: 'nothing', atMost: 4000 } },
  { label: 'Size: react/convex', figure: 'bytes', target: { against: 'nothing', atMost: 4000 } },
  { label: 'Size: gateway Worker', figure: 'bytes', target: { against: 'nothing', atMost: 300_000 } },
  { label: 'Size: engine, embedded', figure: 'bytes', target: { against: 'nothing', atMost: 120_000 } },
];
