import { BetterBaseError, fixedLimits, overFixedLimit, type PaginationResult, type Value } from '@betterbase/core';
import type { StoredDocument } from '../ports/document-store.ts';
import type { SearchRead } from '../ports/search-store.ts';
import type { ReadView } from '../transaction/read-view.ts';
import type { CatalogTable } from '../transaction/table-catalog.ts';
import { readSearchPage } from './search-page.ts';
import { notCollected, onlyOne, TakenQuery } from './taken-query.ts';
import { fieldFilter, filterBuilder, type FilterInput, passes } from './filter-expression.ts';

/** How many of the best matches a search looks at, whatever is asked for. */
export const mostCandidates = fixedLimits.searchResults.value;
const mostFilters = fixedLimits.filters.value;

export interface SearchPlan {
  readonly read: Omit<SearchRead, 'limit'>;
  readonly filters: readonly FilterInput[];
}

/** What `.withSearchIndex(…)` returns: the best matches first, to be filtered and run. Each object is good for one step. */
export class SearchQuery implements AsyncIterable<StoredDocument> {
  readonly #transaction: ReadView;
  readonly #table: CatalogTable;
  readonly #plan: SearchPlan;
  #isUsed = false;

  constructor(transaction: ReadView, table: CatalogTable, plan: SearchPlan) {
    this.#transaction = transaction;
    this.#table = table;
    this.#plan = plan;
  }

  order(): never {
    throw new BetterBaseError('query/used-twice', 'Search queries must always be in relevance order. Can not set order manually.');
  }

  filter(first: string | ((q: typeof filterBuilder) => FilterInput), operator?: string, value?: Value): SearchQuery {
    const expression = typeof first === 'function' ? first(filterBuilder) : fieldFilter(first, operator ?? '', value);
    if (this.#plan.filters.length >= mostFilters)
      throw new BetterBaseError('query/bad-filter', `A query takes at most ${mostFilters} filters.`, { hint: 'Join them with q.and(…).' });
    this.#use();
    return new SearchQuery(this.#transaction, this.#table, { ...this.#plan, filters: [...this.#plan.filters, expression] });
  }

  /** @throws BetterBaseError `limit/search-results` when more than 1024 documents match */
  async collect(): Promise<StoredDocument[]> {
    this.#use();
    const found = await this.#search(mostCandidates + 1);
    if (found.length <= mostCandidates) return this.#wanted(found);
    const what = `This search in \`${this.#table.name}\` finds ${found.length} documents or more`;
    throw overFixedLimit('searchResults', found.length, what, 'Take the best ones: .take(20).');
  }

  take(count: number): TakenQuery {
    if (!Number.isInteger(count) || count < 0)
      throw new BetterBaseError('query/bad-range', `take needs a whole number from 0 on and got ${String(count)}.`);
    this.#use();
    return new TakenQuery((most) => this.#best(Math.min(count, most)));
  }

  async first(): Promise<StoredDocument | null> {
    this.#use();
    return (await this.#best(1))[0] ?? null;
  }

  async unique(): Promise<StoredDocument | null> {
    this.#use();
    return onlyOne(await this.#best(2), this.#table.name);
  }

  async count(): Promise<number> {
    return (await this.collect()).length;
  }

  async paginate(options: unknown): Promise<PaginationResult<StoredDocument>> {
    this.#use();
    const { read, filters } = this.#plan;
    return await readSearchPage(
      {
        transaction: this.#transaction,
        read,
        search: (limit) => this.#search(limit),
        isWanted: (document) => filters.every((filter) => passes(filter, document)),
        most: mostCandidates,
      },
      options,
    );
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StoredDocument> {
    this.#use();
    yield* await this.#best(mostCandidates);
  }

  toJSON(): never {
    throw notCollected();
  }

  async #best(most: number): Promise<StoredDocument[]> {
    const limit = this.#plan.filters.length === 0 ? Math.min(most, mostCandidates) : mostCandidates;
    return this.#wanted(await this.#search(limit)).slice(0, most);
  }

  async #search(limit: number): Promise<readonly StoredDocument[]> {
    const { read } = this.#plan;
    if (limit === 0 || (read.terms.length === 0 && read.prefix === null)) return [];
    return (await this.#transaction.search(this.#table, { ...read, limit })).map(({ document }) => document);
  }

  #wanted(found: readonly StoredDocument[]): StoredDocument[] {
    return found.filter((document) => this.#plan.filters.every((filter) => passes(filter, document)));
  }

  #use(): void {
    if (this.#isUsed)
      throw new BetterBaseError('query/used-twice', "A query can only be chained once and can't be chained after iteration begins.", {
        hint: 'Start again from ctx.db.query(table).',
      });
    this.#isUsed = true;
  }
}
