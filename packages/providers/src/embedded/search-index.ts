/**
 * Full-text search over one field, with FTS5.
 *
 * Holds: SQL texts. The FTS5 table keeps no text of its own (`content=''`): each document's terms in one column, and in
 * the other a made-up word for the value of each filter field, so that one match answers terms and filters.
 * Always true: the terms are made here, not by FTS5, which only splits them at blanks (`ascii`).
 */
import type { IndexManifest } from '@betterbase/core';
import {
  type DocumentWrite,
  documentTerms,
  encodeKey,
  fieldAt,
  type FoundDocument,
  hasValues,
  type SearchRead,
  type StoredDocument,
} from '@betterbase/engine';
import { eachDocument } from './each-document.ts';
import { quote, sideName } from '../sql/identifier.ts';
import type { TablePlace } from '../sql/table-place.ts';
import type { SideIndex } from './side-index.ts';
import type { SqlDisk, SqlRow } from './sql-disk.ts';
import type { TableCodec } from '../sql/table-codec.ts';

type SearchManifest = Extract<IndexManifest, { kind: 'search' }>;

interface Entry {
  readonly place: number;
  readonly terms: string;
  readonly filters: string;
}

/** Thrown to take back what was written to look at it. */
class TakenBack extends Error {}

export class SearchIndex implements SideIndex {
  readonly manifest: SearchManifest;
  readonly #disk: SqlDisk;
  readonly #table: string;
  readonly #codec: TableCodec;
  readonly #name: string;
  readonly #findText: string;

  constructor(disk: SqlDisk, { sqlName, home }: TablePlace, manifest: SearchManifest, codec: TableCodec) {
    this.#disk = disk;
    this.manifest = manifest;
    this.#table = sqlName;
    this.#codec = codec;
    this.#name = sideName('search', home, manifest.name);
    const best = `SELECT rowid AS _place, CAST(bm25(${this.#name}, 1.0, 0.0) * -1e9 + 0.5 AS INTEGER) AS _score FROM ${this.#name} WHERE ${this.#name} MATCH ? ORDER BY _score DESC, _place DESC LIMIT ?`;
    this.#findText = `SELECT ${codec.selected}, _place, _score FROM (${best}) LEFT JOIN ${quote(sqlName)} ON _seq = _place ORDER BY _score DESC, _place DESC`;
  }

  create(): void {
    this.#disk.write(`CREATE VIRTUAL TABLE ${this.#name} USING fts5(terms, filters, content='', tokenize='ascii')`);
    eachDocument(this.#disk, quote(this.#table), this.#codec, (document) => {
      const entry = this.#entry(document);
      if (entry !== null) this.#insert(entry);
      return true;
    });
  }

  drop(): void {
    this.#disk.write(`DROP TABLE ${this.#name}`);
  }

  apply(writes: readonly DocumentWrite[]): number {
    let rows = 0;
    for (const write of writes) rows += this.#apply(write);
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

  #apply({ before, after }: DocumentWrite): number {
    const old = before === null ? null : this.#entry(before);
    const next = after === null ? null : this.#entry(after);
    if (old !== null && next !== null && old.terms === next.terms && old.filters === next.filters) return 0;
    return (old === null ? 0 : this.#remove(old)) + (next === null ? 0 : this.#insert(next));
  }

  #find(read: SearchRead, pending: readonly DocumentWrite[]): readonly FoundDocument[] {
    const own = new Map(pending.flatMap(({ after }) => (after === null ? [] : [[placeOf(after), after]])));
    const rows = this.#disk.read(this.#findText, this.#match(read), read.limit);
    const found = rows.map((row) => this.#decode(row, own));
    const isSure = read.filters.every(({ value }) => isWhole(encodeKey([value])));
    return isSure ? found : found.filter(({ document }) => hasValues(document, read.filters));
  }

  #decode(row: SqlRow, own: ReadonlyMap<number, StoredDocument>): FoundDocument {
    const score = Number(row.at(-1)) / 1e9;
    const pending = own.get(Number(row.at(-2)));
    return { document: pending ?? this.#codec.decode(row), score };
  }

  #match({ terms, prefix, filters }: SearchRead): string {
    const wanted = terms.map((term) => `"${term}"`);
    if (prefix !== null) wanted.push(`"${prefix}" *`);
    const text = `terms : (${wanted.join(' OR ')})`;
    if (filters.length === 0) return text;
    const words = filters.map(({ field, value }) => `"${filterWord(this.manifest.filterFields.indexOf(field), encodeKey([value]))}"`);
    return `(${text}) AND (filters : (${words.join(' AND ')}))`;
  }

  #entry(document: StoredDocument): Entry | null {
    const { searchField, filterFields } = this.manifest;
    const terms = documentTerms(document, searchField);
    if (terms.length === 0) return null;
    const filters = filterFields.map((field, position) => filterWord(position, encodeKey([fieldAt(document, field)])));
    return { place: placeOf(document), terms: terms.join(' '), filters: filters.join(' ') };
  }

  #insert({ place, terms, filters }: Entry): number {
    return this.#disk.write(`INSERT INTO ${this.#name} (rowid, terms, filters) VALUES (?, ?, ?)`, place, terms, filters);
  }

  /** FTS5 keeps no text, so it has to be told what to forget. */
  #remove({ place, terms, filters }: Entry): number {
    return this.#disk.write(
      `INSERT INTO ${this.#name} (${this.#name}, rowid, terms, filters) VALUES ('delete', ?, ?, ?)`,
      place,
      terms,
      filters,
    );
  }
}

/** Longer keys of filter values are cut: what is found is then compared with the value itself. */
const longestKey = 64;

function isWhole(key: string): boolean {
  return key.length <= longestKey;
}

function filterWord(position: number, key: string): string {
  let word = `f${position}x`;
  for (let at = 0; at < key.length && at < longestKey; at++) word += key.charCodeAt(at).toString(16).padStart(2, '0');
  return isWhole(key) ? word : `${word}x${key.length}`;
}

function placeOf(document: StoredDocument): number {
  return document._creationTime * 4096;
}
