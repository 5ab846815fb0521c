import { BetterBaseError, isPlainObject } from '@betterbase/core';
import type { StoredDocument } from '../ports/document-store.ts';
import type { FoundDocument } from '../ports/search-store.ts';
import type { ReadView } from '../transaction/read-view.ts';
import type { CatalogTable } from '../transaction/table-catalog.ts';
import { SearchFilterBuilder } from './search-filter.ts';
import { mostCandidates } from './search-query.ts';
import { searchIndexOf, searchRead } from './search-read.ts';

/**
 * `ctx.db.search(table, text, { limit, index })`: the best matches in one search index, or in all that the table has.
 *
 * @throws BetterBaseError `query/bad-search`, `index/not-found`
 */
export async function searchTable(transaction: ReadView, table: CatalogTable, text: unknown, options: unknown): Promise<StoredDocument[]> {
  const { limit = 20, index } = isPlainObject(options) ? options : {};
  if (typeof text !== 'string') throw badSearch(table, 'needs a text to search for');
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > mostCandidates)
    throw badSearch(table, `takes a limit from 1 to ${mostCandidates}`);
  if (index !== undefined && typeof index !== 'string') throw badSearch(table, 'takes the name of a search index');
  if (index !== undefined) searchIndexOf(table, index);
  const indexes = [...table.searches.values()].filter((each) => index === undefined || each.name === index);
  if (indexes.length === 0) throw badSearch(table, 'needs a search index');

  const best = new Map<string, FoundDocument>();
  for (const each of indexes) {
    const read = searchRead(table, each.name, new SearchFilterBuilder(each).search(each.searchField, text));
    if (read.terms.length === 0 && read.prefix === null) return [];
    for (const found of await transaction.search(table, { ...read, limit })) {
      const known = best.get(found.document._id);
      if (known === undefined || found.score > known.score) best.set(found.document._id, found);
    }
  }
  const sorted = [...best.values()].sort((a, b) => b.score - a.score || b.document._creationTime - a.document._creationTime);
  return sorted.slice(0, limit).map(({ document }) => document);
}

function badSearch(table: CatalogTable, what: string): BetterBaseError {
  return new BetterBaseError('query/bad-search', `ctx.db.search in \`${table.name}\` ${what}.`, {
    hint: "Write ctx.db.search('messages', text, { limit: 20 }), with .searchIndex(…) or a v.fullText() field in betterbase/schema.ts.",
  });
}
