/** Full-text search over one field, written with the documents. */
import type { DocumentWrite, FoundDocument, SearchRead } from '@betterbase/engine';
import { quote } from '../sql/identifier.ts';
import { Fts5Texts } from '../sql/fts5-texts.ts';
import type { SearchManifest, SearchTexts } from '../sql/search-texts.ts';
import type { TableCodec } from '../sql/table-codec.ts';
import type { TablePlace } from '../sql/table-place.ts';
import { eachDocument } from './each-document.ts';
import type { SideIndex } from './side-index.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';
import { tryOut } from '../disk/try-out.ts';

export class SearchIndex implements SideIndex {
  readonly manifest: SearchManifest;
  readonly #disk: SqlDisk;
  readonly #table: string;
  readonly #codec: TableCodec;
  readonly #texts: SearchTexts;

  constructor(disk: SqlDisk, place: TablePlace, manifest: SearchManifest, codec: TableCodec) {
    this.#disk = disk;
    this.manifest = manifest;
    this.#table = place.sqlName;
    this.#codec = codec;
    this.#texts = new Fts5Texts(place, manifest, codec);
  }

  create(): void {
    for (const text of this.#texts.createTexts) this.#disk.write(text);
    eachDocument(this.#disk, quote(this.#table), this.#codec, (after) => {
      this.apply([{ table: this.#table, id: after._id, before: null, after }]);
      return true;
    });
  }

  drop(): void {
    for (const text of this.#texts.dropTexts) this.#disk.write(text);
  }

  apply(writes: readonly DocumentWrite[]): number {
    let rows = 0;
    for (const { sql, params } of this.#texts.apply(writes)) rows += this.#disk.write(sql, ...params);
    return rows;
  }

  /** Asks with the pending writes applied, and takes them back. */
  find(read: SearchRead, pending: readonly DocumentWrite[]): readonly FoundDocument[] {
    if (pending.length === 0) return this.#find(read, pending);
    return tryOut(this.#disk, () => {
      this.apply(pending);
      return this.#find(read, pending);
    });
  }

  #find(read: SearchRead, pending: readonly DocumentWrite[]): readonly FoundDocument[] {
    const { sql, params } = this.#texts.find(read);
    return this.#texts.found(this.#disk.read(sql, ...params), read, pending);
  }
}
