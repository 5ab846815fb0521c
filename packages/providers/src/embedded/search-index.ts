/** Full-text search over one field, written with the documents. */
import type { DocumentWrite, FoundDocument, SearchRead } from '@betterbase/engine';
import { quote } from '../sql/identifier.ts';
import { type SearchManifest, SearchTexts } from '../sql/search-texts.ts';
import type { TableCodec } from '../sql/table-codec.ts';
import type { TablePlace } from '../sql/table-place.ts';
import { eachDocument } from './each-document.ts';
import type { SideIndex } from './side-index.ts';
import type { SqlDisk } from './sql-disk.ts';

/** Thrown to take back what was written to look at it. */
class TakenBack extends Error {}

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
    this.#texts = new SearchTexts(place, manifest, codec);
  }

  create(): void {
    this.#disk.write(this.#texts.createText);
    eachDocument(this.#disk, quote(this.#table), this.#codec, (after) => {
      this.apply([{ table: this.#table, id: after._id, before: null, after }]);
      return true;
    });
  }

  drop(): void {
    this.#disk.write(this.#texts.dropText);
  }

  apply(writes: readonly DocumentWrite[]): number {
    let rows = 0;
    for (const write of writes) for (const { sql, params } of this.#texts.apply(write)) rows += this.#disk.write(sql, ...params);
    return rows;
  }

  /** Asks with the pending writes applied, and takes them back. */
  find(read: SearchRead, pending: readonly DocumentWrite[]): readonly FoundDocument[] {
    if (pending.length === 0) return this.#find(read, pending);
    let found: readonly FoundDocument[] = [];
    try {
      this.#disk.transaction(() => {
        this.apply(pending);
        found = this.#find(read, pending);
        throw new TakenBack();
      });
    } catch (error) {
      if (!(error instanceof TakenBack)) throw error;
    }
    return found;
  }

  #find(read: SearchRead, pending: readonly DocumentWrite[]): readonly FoundDocument[] {
    const rows = this.#disk.read(this.#texts.findText, this.#texts.match(read), read.limit);
    return this.#texts.found(rows, read, pending);
  }
}
