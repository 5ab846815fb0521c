import type { DocumentWrite, StoredDocument } from '../ports/document-store.ts';
import { documentTerms, hasValues } from '../search/matching.ts';
import type { ReadSearch } from '../transaction/read-set.ts';

export interface SearchReader {
  readonly read: ReadSearch;
  readonly owner: number;
}

type ByTerm = Map<string, Set<SearchReader>>;

/**
 * Who searches one field of one table, and for which terms.
 *
 * Always true: a write is looked up by the terms that the document had and has, so the cost does not grow with the number
 * of searches that look for other terms.
 */
export class SearchReaders {
  readonly #field: string;
  readonly #terms: ByTerm = new Map();
  readonly #prefixes: ByTerm = new Map();

  constructor(field: string) {
    this.#field = field;
  }

  get isEmpty(): boolean {
    return this.#terms.size === 0 && this.#prefixes.size === 0;
  }

  add(reader: SearchReader): void {
    for (const term of reader.read.terms) addTo(this.#terms, term, reader);
    if (reader.read.prefix !== null) addTo(this.#prefixes, reader.read.prefix, reader);
  }

  remove(reader: SearchReader): void {
    for (const term of reader.read.terms) removeFrom(this.#terms, term, reader);
    if (reader.read.prefix !== null) removeFrom(this.#prefixes, reader.read.prefix, reader);
  }

  /** Calls `hit` with the owner of every search that found the document before the write or finds it after. */
  collect({ before, after }: DocumentWrite, hit: (owner: number) => void): void {
    if (before !== null) this.#collect(before, hit);
    if (after !== null) this.#collect(after, hit);
  }

  #collect(document: StoredDocument, hit: (owner: number) => void): void {
    const check = (reader: SearchReader): void => {
      if (hasValues(document, reader.read.filters)) hit(reader.owner);
    };
    for (const term of new Set(documentTerms(document, this.#field))) {
      this.#terms.get(term)?.forEach(check);
      if (this.#prefixes.size === 0) continue;
      for (let length = 1; length <= term.length; length++) this.#prefixes.get(term.slice(0, length))?.forEach(check);
    }
  }
}

function addTo(readers: ByTerm, term: string, reader: SearchReader): void {
  const known = readers.get(term);
  if (known === undefined) readers.set(term, new Set([reader]));
  else known.add(reader);
}

function removeFrom(readers: ByTerm, term: string, reader: SearchReader): void {
  const known = readers.get(term);
  if (known === undefined) return;
  known.delete(reader);
  if (known.size === 0) readers.delete(term);
}
