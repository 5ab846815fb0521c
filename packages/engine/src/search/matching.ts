import { encodeKey } from '../keys/encode-key.ts';
import type { StoredDocument } from '../ports/document-store.ts';
import type { FieldEquals, SearchRead } from '../ports/search-store.ts';
import { fieldAt } from '../transaction/index-key.ts';
import { termsOf } from './terms.ts';

/** The terms of a document's field; none if it holds no text. */
export function documentTerms(document: StoredDocument, field: string): string[] {
  const text = fieldAt(document, field);
  return typeof text === 'string' ? termsOf(text) : [];
}

/** Whether every field has its value, by the one order of values. */
export function hasValues(document: StoredDocument, filters: readonly FieldEquals[]): boolean {
  return filters.every(({ field, value }) => encodeKey([fieldAt(document, field)]) === encodeKey([value]));
}

/** Whether a search finds the document, whatever its score. */
export function isFound(document: StoredDocument, read: Pick<SearchRead, 'field' | 'terms' | 'prefix' | 'filters'>): boolean {
  const { field, terms, prefix, filters } = read;
  const isWanted = (term: string): boolean => terms.includes(term) || (prefix !== null && term.startsWith(prefix));
  return documentTerms(document, field).some(isWanted) && hasValues(document, filters);
}
