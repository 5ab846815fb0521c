/**
 * Full-text search over one field, with FTS5, as SQL texts.
 *
 * Holds: the texts. The FTS5 table keeps no text of its own (`content=''`): each document's terms in one column, and in
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
import { quote, sideName } from './identifier.ts';
import { placeOf } from './sql-table.ts';
import type { SqlRow, SqlText } from './sql-value.ts';
import type { TableCodec } from './table-codec.ts';
import type { TablePlace } from './table-place.ts';

export type SearchManifest = Extract<IndexManifest, { kind: 'search' }>;

interface Entry {
  readonly place: number;
  readonly terms: string;
  readonly filters: string;
}

export class SearchTexts {
  readonly manifest: SearchManifest;
  readonly createText: string;
  readonly dropText: string;
  /** Finds by what `match` gives; the second parameter is how many. */
  readonly findText: string;
  readonly #codec: TableCodec;
  readonly #insertText: string;
  readonly #removeText: string;

  constructor({ sqlName, home }: TablePlace, manifest: SearchManifest, codec: TableCodec) {
    this.manifest = manifest;
    this.#codec = codec;
    const name = sideName('search', home, manifest.name);
    const best = `SELECT rowid AS _place, CAST(bm25(${name}, 1.0, 0.0) * -1e9 + 0.5 AS INTEGER) AS _score FROM ${name} WHERE ${name} MATCH ? ORDER BY _score DESC, _place DESC LIMIT ?`;
    this.findText = `SELECT ${codec.selected}, _place, _score FROM (${best}) LEFT JOIN ${quote(sqlName)} ON _seq = _place ORDER BY _score DESC, _place DESC`;
    this.createText = `CREATE VIRTUAL TABLE ${name} USING fts5(terms, filters, content='', tokenize='ascii')`;
    this.dropText = `DROP TABLE ${name}`;
    this.#insertText = `INSERT INTO ${name} (rowid, terms, filters) VALUES (?, ?, ?)`;
    // FTS5 keeps no text, so it has to be told what to forget.
    this.#removeText = `INSERT INTO ${name} (${name}, rowid, terms, filters) VALUES ('delete', ?, ?, ?)`;
  }

  /** What takes the index from the document before to the one after. */
  apply({ before, after }: DocumentWrite): readonly SqlText[] {
    const old = before === null ? null : this.#entry(before);
    const next = after === null ? null : this.#entry(after);
    if (old !== null && next !== null && old.terms === next.terms && old.filters === next.filters) return [];
    return [...(old === null ? [] : [textOf(this.#removeText, old)]), ...(next === null ? [] : [textOf(this.#insertText, next)])];
  }

  match({ terms, prefix, filters }: SearchRead): string {
    const wanted = terms.map((term) => `"${term}"`);
    if (prefix !== null) wanted.push(`"${prefix}" *`);
    const text = `terms : (${wanted.join(' OR ')})`;
    if (filters.length === 0) return text;
    const words = filters.map(({ field, value }) => `"${filterWord(this.manifest.filterFields.indexOf(field), encodeKey([value]))}"`);
    return `(${text}) AND (filters : (${words.join(' AND ')}))`;
  }

  /** The documents of rows that `findText` found; `pending` had been applied. */
  found(rows: Iterable<SqlRow>, read: SearchRead, pending: readonly DocumentWrite[]): readonly FoundDocument[] {
    const own = new Map(pending.flatMap(({ after }) => (after === null ? [] : [[placeOf(after), after]])));
    const found = Array.from(rows, (row) => this.#decode(row, own));
    const isSure = read.filters.every(({ value }) => isWhole(encodeKey([value])));
    return isSure ? found : found.filter(({ document }) => hasValues(document, read.filters));
  }

  #decode(row: SqlRow, own: ReadonlyMap<number, StoredDocument>): FoundDocument {
    const score = Number(row.at(-1)) / 1e9;
    const pending = own.get(Number(row.at(-2)));
    return { document: pending ?? this.#codec.decode(row), score };
  }

  #entry(document: StoredDocument): Entry | null {
    const { searchField, filterFields } = this.manifest;
    const terms = documentTerms(document, searchField);
    if (terms.length === 0) return null;
    const filters = filterFields.map((field, position) => filterWord(position, encodeKey([fieldAt(document, field)])));
    return { place: placeOf(document), terms: terms.join(' '), filters: filters.join(' ') };
  }
}

function textOf(sql: string, { place, terms, filters }: Entry): SqlText {
  return { sql, params: [place, terms, filters] };
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
