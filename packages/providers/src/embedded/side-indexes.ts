/**
 * The indexes of a table that SQL does not keep by itself: they are written with each document, in the same transaction.
 */
import { BetterBaseError } from '@betterbase/core';
import { type DocumentWrite, isSameJson, type NormalizedTable, type StoredDocument } from '@betterbase/engine';
import { SearchIndex } from './search-index.ts';
import type { SideIndex } from './side-index.ts';
import type { SqlDisk } from './sql-disk.ts';
import type { TableCodec } from './table-codec.ts';

type EachDocument = (visit: (document: StoredDocument) => boolean) => void;

export class SideIndexes {
  readonly #table: string;
  readonly #searches: ReadonlyMap<string, SearchIndex>;
  readonly #all: readonly SideIndex[];

  constructor(disk: SqlDisk, table: Pick<NormalizedTable, 'name' | 'indexes'>, codec: TableCodec) {
    this.#table = table.name;
    this.#searches = new Map(
      table.indexes.flatMap((index) => (index.kind === 'search' ? [[index.name, new SearchIndex(disk, table.name, index, codec)]] : [])),
    );
    this.#all = [...this.#searches.values()];
  }

  /** @throws BetterBaseError `index/not-found` */
  search(name: string): SearchIndex {
    const index = this.#searches.get(name);
    if (index !== undefined) return index;
    throw new BetterBaseError('index/not-found', `Table \`${this.#table}\` has no search index \`${name}\`.`);
  }

  apply(write: DocumentWrite): number {
    let rows = 0;
    for (const index of this.#all) rows += index.apply(write);
    return rows;
  }

  drop(): void {
    for (const index of this.#all) index.drop();
  }

  /** Keeps what an older layout of the table had, drops what is no longer wanted, fills what is new. */
  takeOver(old: SideIndexes | null, each: EachDocument): void {
    const kept = (index: SideIndex, others: readonly SideIndex[]): boolean => others.some(({ manifest }) => isSameJson(manifest, index.manifest));
    const before = old === null ? [] : old.#all;
    for (const index of before) if (!kept(index, this.#all)) index.drop();
    const added = this.#all.filter((index) => !kept(index, before));
    for (const index of added) index.create();
    if (added.length === 0) return;
    each((document) => {
      for (const index of added) index.add(document);
      return true;
    });
  }
}
