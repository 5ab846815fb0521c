import { BetterBaseError, fixedLimits, overFixedLimit, type Value } from '@betterbase/core';
import type { FieldEquals } from '../ports/search-store.ts';
import type { SearchIndexOf } from '../transaction/table-catalog.ts';

/**
 * The `q` of `.withSearchIndex(name, q => …)`: `search` once, then any number of `eq` on filter fields. Each call
 * returns the next state.
 */
export class SearchFilterBuilder {
  readonly #index: SearchIndexOf;
  readonly #text: string | null;
  readonly #filters: readonly FieldEquals[];

  constructor(index: SearchIndexOf, text: string | null = null, filters: readonly FieldEquals[] = []) {
    this.#index = index;
    this.#text = text;
    this.#filters = filters;
  }

  search(field: string, text: string): SearchFilterBuilder {
    const { searchField } = this.#index;
    if (this.#text !== null) throw this.#wrong('it has search twice');
    if (field !== searchField) throw this.#wrong(`it searches \`${field}\`, and the index is on \`${searchField}\``);
    if (typeof text !== 'string') throw this.#wrong('what to search for is no text');
    return new SearchFilterBuilder(this.#index, text, this.#filters);
  }

  eq(field: string, value: Value | undefined): SearchFilterBuilder {
    if (!this.#index.filterFields.includes(field)) throw this.#wrong(`\`${field}\` is none of its filter fields`);
    if (this.#filters.some((filter) => filter.field === field)) throw this.#wrong(`it filters by \`${field}\` twice`);
    const count = this.#filters.length + 1;
    if (count > fixedLimits.searchFilters.value) {
      const what = `This search in index \`${this.#index.name}\` has ${count} filters`;
      throw overFixedLimit('searchFilters', count, what, 'Filter what was found with .filter(…).');
    }
    return new SearchFilterBuilder(this.#index, this.#text, [...this.#filters, { field, value }]);
  }

  /** @throws BetterBaseError `query/bad-search` when there is nothing to search for */
  finish(): { readonly text: string; readonly filters: readonly FieldEquals[] } {
    if (this.#text === null) throw this.#wrong('it has no search');
    return { text: this.#text, filters: this.#filters };
  }

  #wrong(what: string): BetterBaseError {
    const { name, searchField, filterFields } = this.#index;
    const filters = filterFields.length === 0 ? 'It has no filter fields.' : `Its filter fields are ${filterFields.join(', ')}.`;
    return new BetterBaseError('query/bad-search', `This search in index \`${name}\` does not work: ${what}.`, {
      hint: `Write q.search('${searchField}', text), then q.eq(…) for each filter. ${filters}`,
    });
  }
}
