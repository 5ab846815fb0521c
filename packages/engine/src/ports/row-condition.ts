/**
 * What rows are to be like, as data: whoever reads says it, and the store sees to it before a row is fetched.
 *
 * Truth has three values as in SQL; a row counts where its condition is true. Values of callers are bound already.
 */

/** A part of a row, or a value. */
export type RowValue =
  /** Never NaN or infinite, and never a text with half a surrogate pair: those are nowhere, or not everywhere the same. */
  | { readonly type: 'value'; readonly value: string | number | boolean | ArrayBuffer }
  /** `up`: of the row that many subqueries further out. `path`: what of it, looked into objects by name and into arrays by place. */
  | { readonly type: 'field'; readonly name: string; readonly up: number; readonly path: readonly (string | number)[] };

export type RowField = Extract<RowValue, { readonly type: 'field' }>;
export type RowComparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/**
 * Numbers, integers and booleans compare by what they count, texts by code points, bytes by bytes; numbers come before texts
 * and texts before bytes; with null, objects and arrays nothing compares. A missing field is null, and so is NaN.
 *
 * What a store need not know: `canDecide` says which conditions of a table are said to stores.
 */
export type RowCondition =
  | { readonly type: 'known'; readonly truth: boolean | null }
  | { readonly type: 'and' | 'or'; readonly all: readonly RowCondition[] }
  | { readonly type: 'not'; readonly of: RowCondition }
  /** `is true`, `is false`, or not known. */
  | { readonly type: 'is'; readonly of: RowCondition; readonly truth: boolean | null }
  | { readonly type: 'is-null'; readonly of: RowField }
  /** A value where a condition is expected: numbers are true unless zero, texts and bytes are not known. */
  | { readonly type: 'holds'; readonly of: RowField }
  | { readonly type: 'compare'; readonly by: RowComparison; readonly left: RowValue; readonly right: RowValue }
  /** Whether a text is, begins with, or has in it another. Upper and lower case: letters of ASCII alone. */
  | {
      readonly type: 'like';
      readonly of: RowField;
      readonly how: 'is' | 'starts' | 'contains';
      readonly text: string;
      readonly ignoresCase: boolean;
    }
  /** Whether the table has a row of which it is true. */
  | { readonly type: 'exists'; readonly table: string; readonly where: RowCondition };
