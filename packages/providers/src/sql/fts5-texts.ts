/**
 * Full-text search with FTS5.
 *
 * Holds: the texts. The FTS5 table keeps no text of its own (`content=''`): each document's terms in one column, and in
 * the other a made-up word for the value of each filter field, so that one match answers terms and filters.
 * Always true: the terms are made here, not by FTS5, which only splits them at blanks (`ascii`).
 */
import type { DocumentWrite, FoundDocument, SearchRead } from '@betterbase/engine';
import { quote, sideName } from './identifier.ts';
import { entryChanges, filterWords, foundDocuments, type SearchEntry } from './search-entries.ts';
import type { RowReader, SearchManifest, SearchTexts } from './search-texts.ts';
import type { SqlRow, SqlText } from './sql-value.ts';
import type { TablePlace } from './table-place.ts';

export class Fts5Texts implements SearchTexts {
  readonly manifest: SearchManifest;
  readonly createTexts: readonly string[];
  readonly dropTexts: readonly string[];
  readonly #reader: RowReader;
  readonly #findText: string;
  readonly #insertText: string;
  readonly #removeText: string;

  constructor({ sqlName, home }: TablePlace, manifest: SearchManifest, reader: RowReader) {
    this.manifest = manifest;
    this.#reader = reader;
    const name = sideName('search', home, manifest.name);
    const best = `SELECT rowid AS _place, CAST(bm25(${name}, 1.0, 0.0) * -1e9 + 0.5 AS INTEGER) AS _score FROM ${name} WHERE ${name} MATCH ? ORDER BY _score DESC, _place DESC LIMIT ?`;
    this.#findText = `SELECT ${reader.selected}, _place, _score FROM (${best}) LEFT JOIN ${quote(sqlName)} ON _seq = _place ORDER BY _score DESC, _place DESC`;
    this.createTexts = [`CREATE VIRTUAL TABLE ${name} USING fts5(terms, filters, content='', tokenize='ascii')`];
    this.dropTexts = [`DROP TABLE ${name}`];
    this.#insertText = `INSERT INTO ${name} (rowid, terms, filters) VALUES (?, ?, ?)`;
    // FTS5 keeps no text, so it has to be told what to forget.
    this.#removeText = `INSERT INTO ${name} (${name}, rowid, terms, filters) VALUES ('delete', ?, ?, ?)`;
  }

  apply(writes: readonly DocumentWrite[]): readonly SqlText[] {
    return entryChanges(writes, this.manifest).flatMap(({ old, next }) => [
      ...(old === null ? [] : [textOf(this.#removeText, old)]),
      ...(next === null ? [] : [textOf(this.#insertText, next)]),
    ]);
  }

  find(read: SearchRead): SqlText {
    return { sql: this.#findText, params: [this.#match(read), read.limit] };
  }

  found(rows: Iterable<SqlRow>, read: SearchRead, pending: readonly DocumentWrite[]): readonly FoundDocument[] {
    return foundDocuments(rows, this.#reader, read, pending);
  }

  #match(read: SearchRead): string {
    const wanted = read.terms.map((term) => `"${term}"`);
    if (read.prefix !== null) wanted.push(`"${read.prefix}" *`);
    const text = `terms : (${wanted.join(' OR ')})`;
    const words = filterWords(read, this.manifest).map((word) => `"${word}"`);
    return words.length === 0 ? text : `(${text}) AND (filters : (${words.join(' AND ')}))`;
  }
}

function textOf(sql: string, { place, terms, filters }: SearchEntry): SqlText {
  return { sql, params: [place, terms.join(' '), filters.join(' ')] };
}
