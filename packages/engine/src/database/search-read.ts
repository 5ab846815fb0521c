import { BetterBaseError } from '@betterbase/core';
import type { SearchRead } from '../ports/search-store.ts';
import { searchTerms } from '../search/terms.ts';
import type { CatalogTable, SearchIndexOf } from '../transaction/table-catalog.ts';
import type { SearchFilterBuilder } from './search-filter.ts';

/** A built search in the terms of a store. */
export function searchRead(table: CatalogTable, index: string, built: SearchFilterBuilder): Omit<SearchRead, 'limit'> {
  const { text, filters } = built.finish();
  const { searchField } = searchIndexOf(table, index);
  return { table: table.name, index, field: searchField, ...searchTerms(text), filters };
}

/** @throws BetterBaseError `index/not-found` */
export function searchIndexOf(table: CatalogTable, name: string): SearchIndexOf {
  const index = table.searches.get(name);
  if (index !== undefined) return index;
  const known = [...table.searches.keys()].map((each) => `\`${each}\``);
  throw new BetterBaseError('index/not-found', `Table \`${table.name}\` has no search index \`${name}\`.`, {
    hint: `Add it in betterbase/schema.ts with .searchIndex('${name}', { searchField: … })${known.length === 0 ? '' : `, or use ${known.join(' or ')}`}.`,
  });
}
