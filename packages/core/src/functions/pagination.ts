import { v } from '../validators/v.ts';
import type { Infer, Validator } from '../validators/validator.ts';

/** What a paginated query takes as `paginationOpts`. */
export const paginationOptsValidator = v.object({
  /** How many documents a page has at first; it may grow and shrink as documents come and go. */
  numItems: v.number(),
  /** Where the page starts: null at the beginning, else the `continueCursor` of the page before. */
  cursor: v.nullable(v.string()),
  /** Where the page ends, if that is already known. */
  endCursor: v.optional(v.nullable(v.string())),
  /** Tells apart listings that start over. Not used by the database. */
  id: v.optional(v.number()),
  /** Stop here even if the page is not full, because a filter lets few documents pass. */
  maximumRowsRead: v.optional(v.number()),
  maximumBytesRead: v.optional(v.number()),
});

export type PaginationOptions = Infer<typeof paginationOptsValidator>;

/** One page. */
export interface PaginationResult<Document> {
  page: Document[];
  /** Nothing comes after this page. */
  isDone: boolean;
  /** Where the next page starts. */
  continueCursor: string;
  /** Somewhere in the middle of a page that has grown: two pages take its place. */
  splitCursor?: string | null;
  pageStatus?: 'SplitRecommended' | 'SplitRequired' | null;
}

/** The validator of a page of items. */
export function paginationResultValidator<Item extends Validator<unknown, 'required'>>(item: Item) {
  return v.object({
    page: v.array(item),
    isDone: v.boolean(),
    continueCursor: v.string(),
    splitCursor: v.optional(v.nullable(v.string())),
    pageStatus: v.optional(v.nullable(v.union(v.literal('SplitRecommended'), v.literal('SplitRequired')))),
  });
}
