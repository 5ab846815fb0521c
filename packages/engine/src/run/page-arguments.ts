import { isPlainObject } from '@betterbase/core';
import type { PageJournal } from '../transaction/page-journal.ts';
import type { AppFunction } from './function-registry.ts';

/**
 * The arguments of a page, in the words of the function that is to read it. Hooks ask for every page as Convex does, with
 * `paginationOpts`; a function that declares `cursor` and `numItems` instead is given those. It has no word for a page
 * whose end is known, so that end is kept as if an earlier run had left it.
 */
export function pageArguments({ definition }: AppFunction, args: unknown, pages: PageJournal): unknown {
  if (!isPlainObject(args) || !isPlainObject(args['paginationOpts'])) return args;
  const shape = definition.args?.json;
  if (shape?.type !== 'object' || 'paginationOpts' in shape.value || !('cursor' in shape.value) || !('numItems' in shape.value))
    return args;
  const { paginationOpts, ...own } = args;
  const { cursor, numItems, endCursor } = paginationOpts;
  if (typeof endCursor === 'string') pages.expectEnd(endCursor);
  return { ...own, cursor, numItems };
}
