/** Search in the plainest way: every document's score by the formula of FTS5's `bm25`. */
import { documentTerms, type FoundDocument, isFound, type SearchRead, type StoredDocument } from '@betterbase/engine';

const k1 = 1.2;
const b = 0.75;

export function searchDocuments(
  documents: readonly StoredDocument[],
  index: { readonly filterFields: readonly string[] },
  read: SearchRead,
): FoundDocument[] {
  const entries = documents
    .map((document) => ({ document, terms: documentTerms(document, read.field) }))
    .filter(({ terms }) => terms.length > 0);
  const lengths = entries.map(({ terms }) => terms.length + index.filterFields.length);
  const averageLength = lengths.reduce((sum, length) => sum + length, 0) / entries.length;

  const { prefix } = read;
  const tests: ((term: string) => boolean)[] = read.terms.map((wanted) => (term) => term === wanted);
  if (prefix !== null) tests.push((term) => term.startsWith(prefix));
  const weights = tests.map((test) => {
    const hits = entries.filter(({ terms }) => terms.some(test)).length;
    const weight = Math.log((entries.length - hits + 0.5) / (hits + 0.5));
    return { test, weight: weight <= 0 ? 1e-6 : weight };
  });

  const found = entries.flatMap(({ document, terms }, position): FoundDocument[] => {
    if (!isFound(document, read)) return [];
    const length = lengths[position] ?? 0;
    let score = 0;
    for (const { test, weight } of weights) {
      const frequency = terms.filter(test).length;
      score += weight * ((frequency * (k1 + 1)) / (frequency + k1 * (1 - b + (b * length) / averageLength)));
    }
    return [{ document, score: Math.floor(score * 1e9 + 0.5) / 1e9 }];
  });
  found.sort((one, other) => other.score - one.score || other.document._creationTime - one.document._creationTime);
  return found.slice(0, read.limit);
}
