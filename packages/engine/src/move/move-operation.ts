/** What moves data in and out, one bounded step at a time. Plain data: it crosses isolates. */
import type { WireError } from '@betterbase/protocol';
import type { ValidatorJson } from '@betterbase/core';
import type { ImportMode, ImportSummary } from '../ports/import-store.ts';

export type MoveRequest =
  /** From now on the newest version can be read as `id`. */
  | { readonly move: 'open-export'; readonly id: string }
  /** The next documents of a table, those created after `after`. */
  | { readonly move: 'read-export'; readonly id: string; readonly table: string; readonly after: number | null }
  | { readonly move: 'close-export'; readonly id: string }
  | { readonly move: 'begin-import'; readonly id: string; readonly tables: readonly ImportTarget[]; readonly isBatched: boolean }
  /** Documents of a table: lines of JSON, of which the first is line `from` of all that are imported into it. */
  | { readonly move: 'stage'; readonly id: string; readonly table: string; readonly from: number; readonly text: string }
  | { readonly move: 'finish-import'; readonly id: string; readonly isTrial: boolean }
  | { readonly move: 'drop-import'; readonly id: string };

export interface ImportTarget {
  readonly table: string;
  readonly mode: ImportMode;
  /** The number that the imported ids carry. Absent: that of the table. */
  readonly number?: number | undefined;
}

export interface MovableTable {
  readonly table: string;
  /** What the ids of its documents carry. */
  readonly number: number;
  readonly document: ValidatorJson;
  readonly documents: number;
}

export type MoveValue =
  | { readonly move: 'open-export'; readonly version: number; readonly tables: readonly MovableTable[] }
  /** `text`: a line of encoded JSON for each document. `next`: where to go on, as `after`; null: that was the end. */
  | { readonly move: 'read-export'; readonly text: string; readonly next: number | null }
  | { readonly move: 'begin-import'; readonly tables: readonly MovableTable[] }
  /** How many lines of the table have been taken in. */
  | { readonly move: 'stage'; readonly lines: number }
  | { readonly move: 'finish-import'; readonly summary: ImportSummary }
  | { readonly move: 'done' };

export type MoveOutcome = { readonly ok: true; readonly value: MoveValue } | { readonly ok: false; readonly error: WireError };
