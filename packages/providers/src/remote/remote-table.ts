import { BetterBaseError, type IndexManifest } from '@betterbase/core';
import type { NormalizedTable, VectorRead } from '@betterbase/engine';
import type { SqlDialect } from '../sql/dialect.ts';
import type { SearchTexts } from '../sql/search-texts.ts';
import type { SideTexts } from '../sql/side-texts.ts';
import { SqlTable } from '../sql/sql-table.ts';
import type { TablePlace } from '../sql/table-place.ts';
import type { VectorTexts } from '../sql/vector-texts.ts';

export interface RemoteTableParts {
  readonly dialect: SqlDialect;
  readonly place: TablePlace;
  /** Whether the database has a vector index of its own in a SQL table of this name, or will have. */
  readonly hasVectors: (name: string) => boolean;
}

/** A table of documents elsewhere, with what is kept beside it, as SQL texts. */
export class RemoteTable {
  readonly sql: SqlTable;
  /** By the names of their indexes. */
  readonly sides: ReadonlyMap<string, SideTexts>;
  readonly #searches = new Map<string, SearchTexts>();
  readonly #vectors: VectorTexts[] = [];

  constructor(table: Pick<NormalizedTable, 'name' | 'document' | 'indexes'>, { dialect, place, hasVectors }: RemoteTableParts) {
    this.sql = new SqlTable(table, dialect, place);
    for (const index of table.indexes) {
      if (index.kind === 'search') this.#searches.set(index.name, dialect.search(place, index, this.sql.codec));
      const vectors = vectorsOf(index, dialect, place);
      if (vectors !== null && hasVectors(vectors.name)) this.#vectors.push(vectors);
    }
    this.sides = new Map([...this.#searches.values(), ...this.#vectors].map((side) => [side.manifest.name, side]));
  }

  /** What makes all that is kept beside it. */
  get sideTexts(): readonly string[] {
    return [...this.sides.values()].flatMap(({ createTexts }) => createTexts);
  }

  /** @throws BetterBaseError `index/not-found` */
  search(name: string): SearchTexts {
    const search = this.#searches.get(name);
    if (search !== undefined) return search;
    throw new BetterBaseError('index/not-found', `Table \`${this.sql.name}\` has no search index \`${name}\`.`);
  }

  /** The vector index that the database answers this by. */
  vectorsFor(read: VectorRead): VectorTexts | null {
    return this.#vectors.find((vectors) => vectors.fits(read)) ?? null;
  }
}

function vectorsOf(index: IndexManifest, { vectors }: SqlDialect, place: TablePlace): VectorTexts | null {
  return index.kind === 'vector' && vectors !== null ? vectors.index(place, index) : null;
}
