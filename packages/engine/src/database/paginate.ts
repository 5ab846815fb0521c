import { BetterBaseError, fixedLimits, isPlainObject, type PaginationResult } from '@betterbase/core';
import type { RangeEnd, StoredDocument } from '../ports/document-store.ts';
import { keyValues } from '../transaction/index-key.ts';
import type { ReadView } from '../transaction/read-view.ts';
import type { CatalogTable } from '../transaction/table-catalog.ts';
import { indexFields } from '../transaction/transaction.ts';
import { PageCursors, type PagePlace } from './page-cursor.ts';

export interface PageOrder {
  readonly transaction: ReadView;
  readonly table: CatalogTable;
  readonly index: string;
  readonly lower: RangeEnd;
  readonly upper: RangeEnd;
  readonly order: 'asc' | 'desc';
  readonly isWanted: (document: StoredDocument) => boolean;
}

const mostItems = fixedLimits.pageItems.value;
const chunk = 64;

/**
 * Reads one page.
 *
 * @throws BetterBaseError `query/bad-page`, `query/bad-cursor`
 */
export async function readPage(order: PageOrder, given: unknown): Promise<PaginationResult<StoredDocument>> {
  const { numItems, cursor, endCursor, mostRows } = parsePageOptions(given);
  const { transaction, table } = order;
  const cursors = new PageCursors({ ...order, table: table.name });
  const start = cursor === null ? null : cursors.decode(cursor);
  if (start?.at === 'end') return { page: [], isDone: true, continueCursor: cursors.encode(start) };

  const earlier = transaction.pages.earlierEnd();
  const end = endCursor === null ? (earlier === null ? null : cursors.tryDecode(earlier)) : cursors.decode(endCursor);
  const page =
    end === null ? await readForward(order, start, { numItems, mostRows }) : await readBetween(order, start, end, { numItems, cursors });
  const result = 'stoppedAt' in page ? toResult(page, cursors) : page;
  transaction.pages.record(result.continueCursor);
  return result;
}

interface ForwardPage {
  readonly page: StoredDocument[];
  readonly stoppedAt: PagePlace;
}

/** A page whose end is not known yet: until it is full, the rows allowed are read, or there are no more. */
async function readForward(
  order: PageOrder,
  start: PagePlace | null,
  { numItems, mostRows }: { readonly numItems: number; readonly mostRows: number },
): Promise<ForwardPage> {
  const { transaction, table, index, isWanted } = order;
  const scan = transaction.scan(table, { index, order: order.order, ...rangeOf(order, start, null) });
  const fields = indexFields(table, index);
  const page: StoredDocument[] = [];
  let stoppedAt = start ?? { at: 'end' };
  for (let rows = 0; page.length < numItems && rows < mostRows; rows++) {
    const document = await scan.next(Math.min(numItems, chunk));
    if (document === null) return { page, stoppedAt: { at: 'end' } };
    stoppedAt = { at: 'key', key: keyValues(document, fields) };
    if (isWanted(document)) page.push(document);
  }
  return { page, stoppedAt };
}

/** A page whose end is known, whatever is in it by now. */
async function readBetween(
  order: PageOrder,
  start: PagePlace | null,
  end: PagePlace,
  { numItems, cursors }: { readonly numItems: number; readonly cursors: PageCursors },
): Promise<PaginationResult<StoredDocument>> {
  const { transaction, table, index, isWanted } = order;
  const scan = transaction.scan(table, { index, order: order.order, ...rangeOf(order, start, end) });
  const page = (await scan.take(Number.MAX_SAFE_INTEGER)).filter(isWanted);
  const result = { page, isDone: end.at === 'end', continueCursor: cursors.encode(end) };
  const middle = page[Math.floor(page.length / 2) - 1];
  if (page.length <= numItems * 2 || middle === undefined) return result;
  return {
    ...result,
    pageStatus: 'SplitRecommended',
    splitCursor: cursors.encode({ at: 'key', key: keyValues(middle, indexFields(table, index)) }),
  };
}

function rangeOf(
  { lower, upper, order }: PageOrder,
  start: PagePlace | null,
  end: PagePlace | null,
): { readonly lower: RangeEnd; readonly upper: RangeEnd } {
  const after = start?.at === 'key' ? { prefix: start.key, inclusive: false } : null;
  const upTo = end?.at === 'key' ? { prefix: end.key, inclusive: true } : null;
  return order === 'asc' ? { lower: after ?? lower, upper: upTo ?? upper } : { lower: upTo ?? lower, upper: after ?? upper };
}

function toResult({ page, stoppedAt }: ForwardPage, cursors: PageCursors): PaginationResult<StoredDocument> {
  return { page, isDone: stoppedAt.at === 'end', continueCursor: cursors.encode(stoppedAt) };
}

/** @throws BetterBaseError `query/bad-page` */
export function parsePageOptions(given: unknown): {
  readonly numItems: number;
  readonly cursor: string | null;
  readonly endCursor: string | null;
  readonly mostRows: number;
} {
  if (!isPlainObject(given)) throw badPage('paginate needs an object of options.');
  const { numItems, cursor = null, endCursor = null, maximumRowsRead = Number.POSITIVE_INFINITY } = given;
  if (typeof numItems !== 'number' || !Number.isInteger(numItems) || numItems < 1 || numItems > mostItems)
    throw badPage(`\`numItems\` is a whole number from 1 to ${mostItems}.`);
  if (cursor !== null && typeof cursor !== 'string') throw badPage('`cursor` is null or the continueCursor of the page before.');
  if (endCursor !== null && typeof endCursor !== 'string') throw badPage('`endCursor` is null or a cursor.');
  if (typeof maximumRowsRead !== 'number' || !(maximumRowsRead >= 1)) throw badPage('`maximumRowsRead` is a number from 1 on.');
  return { numItems, cursor, endCursor, mostRows: maximumRowsRead };
}

function badPage(what: string): BetterBaseError {
  return new BetterBaseError('query/bad-page', `This page cannot be read: ${what}`, {
    hint: 'Pass what usePaginatedQuery sends: { numItems: 20, cursor: null }.',
  });
}
