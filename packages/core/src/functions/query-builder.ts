import type { TableInfo, ValueAt } from '../schema/data-model.ts';
import type { ExpressionOrValue, FilterBuilder } from './filter-builder.ts';
import type { PaginationOptions, PaginationResult } from './pagination.ts';
import type { IndexRange, IndexRangeBuilder } from './index-range.ts';
import type { SearchFilter, SearchFilterBuilder } from './search-filter.ts';

export type Order = 'asc' | 'desc';
export type FilterOperator = 'eq' | 'neq' | 'gt' | 'gte' | 'lt' | 'lte';

/** The indexes a table can be read by. */
export type IndexNames<Table extends TableInfo> = keyof Table['indexes'] & string;

/** What `ctx.db.query(table)` returns. Each object is good for one step: refine it, or run it. */
export interface QueryInitializer<Table extends TableInfo> extends Query<Table> {
  /** Reads the whole table in order of creation, on purpose. */
  fullTableScan(): Query<Table>;

  /**
   * Reads by an index, in its order, and only the range if there is one.
   *
   * @example ctx.db.query('messages').withIndex('by_channel', (q) => q.eq('channel', channel))
   */
  withIndex<Name extends IndexNames<Table>>(
    name: Name,
    range?: (q: IndexRangeBuilder<Table['document'], Table['indexes'][Name]>) => IndexRange,
  ): Query<Table>;

  /**
   * Searches text: the documents that match best first, the newest first among equals. Up to 1024 are looked at.
   *
   * @example ctx.db.query('messages').withSearchIndex('by_text', (q) => q.search('text', words).eq('channel', channel)).take(10)
   */
  withSearchIndex<Name extends keyof Table['searchIndexes'] & string>(
    name: Name,
    search: (q: SearchFilterBuilder<Table['document'], Table['searchIndexes'][Name]>) => SearchFilter,
  ): OrderedQuery<Table>;

  /** How many documents the table has. */
  count(): Promise<number>;
}

/** A query whose source is chosen. */
export interface Query<Table extends TableInfo> extends OrderedQuery<Table> {
  /** By the index that is read, or by a field of the documents. Once per query. */
  order(direction: Order, field?: Table['fieldPaths'] | '_createdAt'): OrderedQuery<Table>;
}

/** A query that can be narrowed and run. */
export interface OrderedQuery<Table extends TableInfo> extends AsyncIterable<Table['document']> {
  /**
   * Keeps the documents for which the condition holds. The others are read too: use an index where there are many.
   *
   * @example .filter((q) => q.gt(q.field('votes'), 10))
   */
  filter(condition: (q: FilterBuilder<Table>) => ExpressionOrValue<boolean>): this;
  /** @example .filter('votes', 'gt', 10) */
  filter<Path extends Table['fieldPaths']>(field: Path, operator: FilterOperator, value: ValueAt<Table['document'], Path>): this;

  filter(field: '_createdAt', operator: FilterOperator, value: number): this;

  /** All of them. */
  collect(): Promise<Table['document'][]>;
  /** The first `count`, awaited or collected. */
  take(count: number): TakenQuery<Table['document']>;
  first(): Promise<Table['document'] | null>;
  /** The only one, or null. @throws BetterBaseError `query/not-unique` when there are more. */
  unique(): Promise<Table['document'] | null>;
  count(): Promise<number>;
  /**
   * One page. Pages that are watched stay next to each other, without gap or overlap, while documents come and go.
   *
   * @throws BetterBaseError `query/bad-cursor` when the cursor is of another listing
   */
  paginate(options: PaginationOptions): Promise<PaginationResult<Table['document']>>;
}

/** What `take` returns: the documents when awaited; `.collect()` says the same in BetterBase's words. */
export interface TakenQuery<Document> extends PromiseLike<Document[]> {
  collect(): Promise<Document[]>;
  first(): Promise<Document | null>;
  /** @throws BetterBaseError `query/not-unique` when there are more. */
  unique(): Promise<Document | null>;
}
