/**
 * The engine's `ctx.db` has every method that the language promises. Checked by the compiler; never run. Names only: the
 * promise is generic over a data model that exists for the compiler alone, the engine works on any document.
 */
import type {
  AnyDataModel,
  DatabaseReader as PromisedReader,
  DatabaseWriter as PromisedWriter,
  FilterBuilder,
  IndexRangeBuilder as PromisedRange,
  OrderedQuery,
  QueryInitializer,
  SearchFilterBuilder as PromisedSearch,
  TakenQuery as PromisedTake,
} from '@betterbase/core';
import type { DatabaseReader } from './database-reader.ts';
import type { DatabaseWriter } from './database-writer.ts';
import type { DocumentQuery } from './document-query.ts';
import type { SearchFilterBuilder } from './search-filter.ts';
import type { SearchQuery } from './search-query.ts';
import type { TakenQuery } from './taken-query.ts';
import type { filterBuilder } from './filter-expression.ts';
import type { IndexRangeBuilder } from './index-range.ts';

type Table = AnyDataModel[string];
type HasAll<Promised, Given> = Exclude<keyof Promised & string, keyof Given> extends never ? true : false;
type Assert<T extends true> = T;

export type Conforms = [
  Assert<HasAll<PromisedReader<AnyDataModel>, DatabaseReader>>,
  Assert<HasAll<PromisedWriter<AnyDataModel>, DatabaseWriter>>,
  Assert<HasAll<QueryInitializer<Table>, DocumentQuery>>,
  Assert<HasAll<PromisedTake<unknown>, TakenQuery>>,
  Assert<HasAll<OrderedQuery<Table>, SearchQuery>>,
  Assert<HasAll<PromisedSearch<unknown, { readonly searchField: 'text'; readonly filterFields: 'owner' }>, SearchFilterBuilder>>,
  Assert<HasAll<FilterBuilder<Table>, typeof filterBuilder>>,
  Assert<HasAll<PromisedRange<unknown, readonly ['field']>, IndexRangeBuilder>>,
];
