import type { PaginationResult } from '@betterbase/core';
import { encodeKey } from '../keys/encode-key.ts';
import type { StoredDocument } from '../ports/document-store.ts';
import type { ReadSearch } from '../transaction/read-set.ts';
import type { ReadView } from '../transaction/read-view.ts';
import { PageCursors, type PagePlace } from './page-cursor.ts';
import { parsePageOptions } from './paginate.ts';

export interface SearchListing {
  readonly transaction: ReadView;
  readonly read: ReadSearch;
  /** The best documents, as many as asked for. */
  readonly search: (limit: number) => Promise<readonly StoredDocument[]>;
  readonly isWanted: (document: StoredDocument) => boolean;
  /** How many of the best are looked at. */
  readonly most: number;
}

/**
 * Reads one page of what a search finds: pages end at places in the order of relevance, counted from the best.
 *
 * @throws BetterBaseError `query/bad-page`, `query/bad-cursor`
 */
export async function readSearchPage(listing: SearchListing, given: unknown): Promise<PaginationResult<StoredDocument>> {
  const { transaction, read, search, isWanted, most } = listing;
  const { numItems, cursor, endCursor } = parsePageOptions(given);
  const cursors = cursorsOf(read);
  const start = cursor === null ? 0 : offsetOf(cursors.decode(cursor));
  const earlier = transaction.pages.earlierEnd();
  const end = endCursor === null ? (earlier === null ? null : cursors.tryDecode(earlier)) : cursors.decode(endCursor);

  const found = await search(most);
  const page: StoredDocument[] = [];
  const stop = end === null ? Number.POSITIVE_INFINITY : offsetOf(end);
  let at = start;
  for (; at < found.length && at < stop && (end !== null || page.length < numItems); at++) {
    const document = found[at];
    if (document !== undefined && isWanted(document)) page.push(document);
  }
  const place: PagePlace = end ?? (at >= found.length ? { at: 'end' } : { at: 'key', key: [at] });
  const continueCursor = cursors.encode(place);
  transaction.pages.record(continueCursor);
  return { page, isDone: place.at === 'end', continueCursor };
}

function cursorsOf({ table, index, terms, prefix, filters }: ReadSearch): PageCursors {
  const values = filters.map(({ field, value }) => field + encodeKey([value]));
  return new PageCursors({
    table,
    index,
    order: 'desc',
    lower: { prefix: [[...terms], prefix, values], inclusive: true },
    upper: { prefix: [], inclusive: true },
  });
}

function offsetOf(place: PagePlace): number {
  if (place.at === 'end') return Number.POSITIVE_INFINITY;
  const [offset] = place.key;
  return typeof offset === 'number' ? offset : Number.POSITIVE_INFINITY;
}
