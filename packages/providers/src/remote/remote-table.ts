import { BetterBaseError } from '@betterbase/core';
import type { NormalizedTable } from '@betterbase/engine';
import type { SqlDialect } from '../sql/dialect.ts';
import type { SearchTexts } from '../sql/search-texts.ts';
import { SqlTable } from '../sql/sql-table.ts';
import type { TablePlace } from '../sql/table-place.ts';

/** A table of documents elsewhere, with its full-text indexes, as SQL texts. */
export class RemoteTable {
  readonly sql: SqlTable;
  readonly searches: ReadonlyMap<string, SearchTexts>;

  constructor(table: Pick<NormalizedTable, 'name' | 'document' | 'indexes'>, dialect: SqlDialect, place: TablePlace) {
    this.sql = new SqlTable(table, dialect, place);
    const searches = table.indexes.flatMap((index) => (index.kind === 'search' ? [dialect.search(place, index, this.sql.codec)] : []));
    this.searches = new Map(searches.map((search) => [search.manifest.name, search]));
  }

  /** @throws BetterBaseError `index/not-found` */
  search(name: string): SearchTexts {
    const search = this.searches.get(name);
    if (search !== undefined) return search;
    throw new BetterBaseError('index/not-found', `Table \`${this.sql.name}\` has no search index \`${name}\`.`);
  }
}
