import { BetterBaseError, fixedLimits, compareValues, type PaginationResult, type Value } from '@betterbase/core';
import type { ScanNote } from '../analysis/read-notes.ts';
import type { RangeEnd, StoredDocument } from '../ports/document-store.ts';
import { shownFields } from '../schedule/job-tables.ts';
import { byCreationTime, fieldAt } from '../transaction/index-key.ts';
import type { ReadView, Scan } from '../transaction/read-view.ts';
import type { CatalogTable } from '../transaction/table-catalog.ts';
import { indexFields } from '../transaction/transaction.ts';
import { fieldNamed } from './field-name.ts';
import { comparedBy, fieldFilter, filterBuilder, type FilterInput, passes } from './filter-expression.ts';
import { IndexRangeBuilder } from './index-range.ts';
import { readPage } from './paginate.ts';
import { SearchFilterBuilder } from './search-filter.ts';
import { searchIndexOf, searchRead } from './search-read.ts';
import { SearchQuery } from './search-query.ts';
import { notCollected, onlyOne, TakenQuery } from './taken-query.ts';

interface Plan {
  readonly index: string;
  readonly ends: { readonly lower: RangeEnd; readonly upper: RangeEnd };
  readonly isIndexChosen: boolean;
  readonly order: 'asc' | 'desc' | null;
  /** Sorted in memory by this field instead of the index's order. */
  readonly sortField: string | null;
  readonly filters: readonly FilterInput[];
}

const wholeTable: RangeEnd = { prefix: [], inclusive: true };
const startPlan: Plan = {
  index: byCreationTime,
  ends: { lower: wholeTable, upper: wholeTable },
  isIndexChosen: false,
  order: null,
  sortField: null,
  filters: [],
};
const maxOperators = fixedLimits.filters.value;
/** How many documents are fetched at once when it is not known how many will be wanted. */
const firstChunk = 32;
const largestChunk = 1_024;

/**
 * What `ctx.db.query(table)` returns: a plan that is refined call by call and then run once.
 *
 * Always true: each object is good for one step; a step on an object that was already refined or run is refused.
 */
export class DocumentQuery implements AsyncIterable<StoredDocument> {
  readonly #transaction: ReadView;
  readonly #table: CatalogTable;
  readonly #plan: Plan;
  #isUsed = false;
  #note: ScanNote | null = null;

  constructor(transaction: ReadView, table: CatalogTable, plan: Plan = startPlan) {
    this.#transaction = transaction;
    this.#table = table;
    this.#plan = plan;
  }

  fullTableScan(): DocumentQuery {
    return this.#refine({});
  }

  withIndex(name: string, range?: (q: IndexRangeBuilder) => unknown): DocumentQuery {
    if (this.#plan.isIndexChosen || this.#plan.order !== null || this.#plan.filters.length > 0) {
      throw new BetterBaseError('query/used-twice', 'withIndex comes once, directly after ctx.db.query(table).');
    }
    const builder = new IndexRangeBuilder(name, indexFields(this.#table, name));
    const built = range === undefined ? builder : range(builder);
    if (!(built instanceof IndexRangeBuilder)) {
      throw new BetterBaseError('query/bad-range', `The range of index \`${name}\` must return q.eq(…) and the like.`);
    }
    return this.#refine({ index: name, ends: built.ends(), isIndexChosen: true, filters: built.onId() });
  }

  withSearchIndex(name: string, search: (q: SearchFilterBuilder) => unknown): SearchQuery {
    if (this.#plan.isIndexChosen || this.#plan.order !== null || this.#plan.filters.length > 0) {
      throw new BetterBaseError('query/used-twice', 'withSearchIndex comes once, directly after ctx.db.query(table).');
    }
    const builder = new SearchFilterBuilder(searchIndexOf(this.#table, name));
    const built = search(builder);
    if (!(built instanceof SearchFilterBuilder)) {
      throw new BetterBaseError('query/bad-search', `The search in index \`${name}\` must return q.search(…) and the like.`);
    }
    this.#use();
    return new SearchQuery(this.#transaction, this.#table, { read: searchRead(this.#table, name, built), filters: [] });
  }

  order(direction: 'asc' | 'desc', field?: string): DocumentQuery {
    if (this.#plan.order !== null) throw new BetterBaseError('query/used-twice', 'Queries may only specify order at most once.');
    if (direction !== 'asc' && direction !== 'desc') {
      throw new BetterBaseError('query/bad-range', `order needs 'asc' or 'desc' and got ${JSON.stringify(direction)}.`);
    }
    const sortField = fieldNamed(field ?? '_creationTime');
    return this.#refine({ order: direction, sortField: sortField === '_creationTime' ? null : sortField });
  }

  filter(predicate: (q: typeof filterBuilder) => FilterInput): DocumentQuery;
  filter(field: string, operator: string, value: Value | undefined): DocumentQuery;
  filter(first: string | ((q: typeof filterBuilder) => FilterInput), operator?: string, value?: Value): DocumentQuery {
    const expression = typeof first === 'function' ? first(filterBuilder) : fieldFilter(first, operator ?? '', value);
    if (this.#plan.filters.length >= maxOperators) {
      throw new BetterBaseError('query/bad-filter', `A query takes at most ${maxOperators} filters.`, { hint: 'Join them with q.and(…).' });
    }
    return this.#refine({ filters: [...this.#plan.filters, expression] });
  }

  async collect(): Promise<StoredDocument[]> {
    return await this.#run(Number.POSITIVE_INFINITY);
  }

  /** A promise of the first `count` documents that is also a query: `.collect()`, `.first()`, `.unique()` work on it. */
  take(count: number): TakenQuery {
    if (!Number.isInteger(count) || count < 0) {
      throw new BetterBaseError('query/bad-range', `take needs a whole number from 0 on and got ${String(count)}.`);
    }
    this.#use();
    return new TakenQuery((most) => this.#documents(Math.min(count, most)));
  }

  async first(): Promise<StoredDocument | null> {
    return (await this.#run(1))[0] ?? null;
  }

  async unique(): Promise<StoredDocument | null> {
    return onlyOne(await this.#run(2), this.#table.name);
  }

  async count(): Promise<number> {
    if (this.#plan.filters.length > 0) return (await this.#run(Number.POSITIVE_INFINITY)).length;
    this.#use();
    return await this.#transaction.count(this.#table, { index: this.#plan.index, ...this.#plan.ends });
  }

  async paginate(options: unknown): Promise<PaginationResult<StoredDocument>> {
    const { index, ends, order, sortField } = this.#plan;
    if (sortField !== null)
      throw new BetterBaseError('query/bad-page', 'Pages follow an index, not a field.', {
        hint: `Add an index on \`${sortField}\` and read by it.`,
      });
    this.#use();
    const page = await readPage(
      {
        transaction: this.#transaction,
        table: this.#table,
        index,
        ...ends,
        order: order ?? 'asc',
        isWanted: (document) => this.#isWanted(document),
      },
      options,
    );
    return this.#table.isSystem ? { ...page, page: page.page.map(shownFields) } : page;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StoredDocument> {
    this.#use();
    if (this.#plan.sortField !== null) {
      yield* await this.#documents(Number.POSITIVE_INFINITY);
      return;
    }
    const scan = this.#scan();
    let chunk = firstChunk;
    for (let document = await scan.next(chunk); document !== null; document = await scan.next(chunk)) {
      if (this.#isWanted(document)) yield this.#shown(document);
      chunk = Math.min(chunk * 2, largestChunk);
    }
  }

  /** Not a promise: awaiting or returning an unfinished query is a mistake worth a clear message. */
  toJSON(): never {
    throw notCollected();
  }

  async #run(most: number): Promise<StoredDocument[]> {
    this.#use();
    return await this.#documents(most);
  }

  async #documents(most: number): Promise<StoredDocument[]> {
    const documents = await this.#read(most);
    return this.#table.isSystem ? documents.map(shownFields) : documents;
  }

  async #read(most: number): Promise<StoredDocument[]> {
    if (most === 0) return [];
    const { sortField, order, filters } = this.#plan;
    const scan = this.#scan();
    if (sortField !== null) {
      const direction = order === 'desc' ? -1 : 1;
      const wanted = (await scan.take(Number.MAX_SAFE_INTEGER)).filter((document) => this.#isWanted(document));
      wanted.sort((a, b) => direction * compareValues(fieldAt(a, sortField), fieldAt(b, sortField)));
      return wanted.slice(0, most);
    }
    if (filters.length === 0) return await scan.take(Math.min(most, Number.MAX_SAFE_INTEGER));

    const wanted: StoredDocument[] = [];
    let chunk = Math.min(Math.max(most, firstChunk), largestChunk);
    while (wanted.length < most) {
      const document = await scan.next(chunk);
      if (document === null) break;
      if (this.#isWanted(document)) wanted.push(document);
      chunk = Math.min(chunk * 2, largestChunk);
    }
    return wanted;
  }

  #scan(): Scan {
    const { index, ends, order, sortField, filters } = this.#plan;
    const scan = this.#transaction.scan(this.#table, { index, ...ends, order: sortField === null ? (order ?? 'asc') : 'asc' });
    this.#note = this.#transaction.notes?.of(scan) ?? null;
    if (this.#note !== null) Object.assign(this.#note, { compared: comparedBy(filters), isFiltered: filters.length > 0, sortField });
    return scan;
  }

  #shown(document: StoredDocument): StoredDocument {
    return this.#table.isSystem ? shownFields(document) : document;
  }

  #isWanted(document: StoredDocument): boolean {
    const isWanted = this.#plan.filters.every((filter) => passes(filter, document));
    if (isWanted && this.#note !== null) this.#note.wanted++;
    return isWanted;
  }

  #refine(change: Partial<Plan>): DocumentQuery {
    this.#use();
    return new DocumentQuery(this.#transaction, this.#table, { ...this.#plan, ...change });
  }

  #use(): void {
    if (this.#isUsed) {
      throw new BetterBaseError('query/used-twice', "A query can only be chained once and can't be chained after iteration begins.", {
        hint: 'Start again from ctx.db.query(table).',
      });
    }
    this.#isUsed = true;
  }
}
