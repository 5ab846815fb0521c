import { isPlainObject } from '@betterbase/core';
import type { Page } from './page-list.ts';

/** A query's result as a page: as Convex returns it, or with its end as `cursor`. Null for what is no page. */
export function readPage(data: unknown): Page | null {
  if (!isPlainObject(data)) return null;
  const { page, isDone, continueCursor, cursor, splitCursor, pageStatus } = data;
  const end = continueCursor ?? cursor ?? '';
  if (!Array.isArray(page) || typeof isDone !== 'boolean' || typeof end !== 'string') return null;
  const isRequired = pageStatus === 'SplitRequired';
  const isGrown = typeof splitCursor === 'string' && (isRequired || pageStatus === 'SplitRecommended');
  return { items: page, isDone, end, split: isGrown ? { at: splitCursor, isRequired } : null };
}
