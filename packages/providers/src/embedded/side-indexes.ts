/**
 * The indexes of a table that SQL does not keep by itself: they are written with the documents, in the same transaction.
 */
import { BetterBaseError } from '@betterbase/core';
import { type DocumentWrite, isSameJson, type NormalizedTable, type TableLayout, type VectorRead } from '@betterbase/engine';
import { CountedIndex, type CountedTable } from './counted-index.ts';
import { SearchIndex } from './search-index.ts';
import type { SideIndex } from './side-index.ts';
import type { TablePlace } from '../sql/table-place.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';
import type { TableCodec } from '../sql/table-codec.ts';
import { VectorIndex } from './vector-index.ts';

export interface SideIndexesOf {
  readonly disk: SqlDisk;
  readonly table: Pick<NormalizedTable, 'name' | 'indexes'>;
  readonly place: TablePlace;
  readonly layout: TableLayout;
  readonly codec: TableCodec;
  /** How the table itself reads its indexes. */
  readonly reading: CountedTable;
}

export class SideIndexes {
  readonly #table: string;
  readonly #searches = new Map<string, SearchIndex>();
  readonly #counts = new Map<string, CountedIndex>();
  readonly #vectors: VectorIndex[] = [];
  readonly #all: readonly SideIndex[];

  constructor({ disk, table, place, layout, codec, reading }: SideIndexesOf) {
    this.#table = table.name;
    for (const index of table.indexes) {
      if (index.kind === 'search') this.#searches.set(index.name, new SearchIndex(disk, place, index, codec));
      if (index.kind === 'vector' && index.approximate === true) this.#vectors.push(new VectorIndex(disk, { place, layout, codec }, index));
      if (index.kind === 'index' && index.counted === true) this.#counts.set(index.name, new CountedIndex(disk, index, reading));
    }
    this.#all = [...this.#searches.values(), ...this.#counts.values(), ...this.#vectors];
  }

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  /** @throws BetterBaseError `index/not-found` */
  search(name: string): SearchIndex {
    const index = this.#searches.get(name);
    if (index !== undefined) return index;
    throw new BetterBaseError('index/not-found', `Table \`${this.#table}\` has no search index \`${name}\`.`);
  }

  /** The index that answers this without comparing every vector, if there is one. */
  approximate(read: VectorRead): VectorIndex | null {
    return this.#vectors.find((index) => index.fits(read)) ?? null;
  }

  /** The index if it is counted. */
  counted(name: string): CountedIndex | null {
    return this.#counts.get(name) ?? null;
  }

  apply(writes: readonly DocumentWrite[]): number {
    let rows = 0;
    for (const index of this.#all) rows += index.apply(writes);
    return rows;
  }

  drop(): void {
    for (const index of this.#all) index.drop();
  }

  /** Keeps what an older layout of the table had, drops what is no longer wanted, makes what is new. */
  takeOver(old: SideIndexes | null): void {
    const before = old === null ? [] : old.#all;
    for (const index of before) if (!isAmong(index, this.#all)) index.drop();
    for (const index of this.#all) if (!isAmong(index, before)) index.create();
  }
}

function isAmong(index: SideIndex, others: readonly SideIndex[]): boolean {
  return others.some(({ manifest }) => isSameJson(manifest, index.manifest));
}
