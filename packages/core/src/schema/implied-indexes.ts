import type { ValidatorJson } from '../validators/validator-json.ts';
import { documentShapes } from './document-fields.ts';
import type { IndexManifest } from './schema-manifest.ts';

/** The indexes of a table with those that its `v.fullText()` fields imply: a search index on each that has none. */
export function withImpliedIndexes(document: ValidatorJson, indexes: readonly IndexManifest[]): readonly IndexManifest[] {
  const searched = new Set(indexes.flatMap((index) => (index.kind === 'search' ? [index.searchField] : [])));
  const taken = new Set(indexes.map(({ name }) => name.toLowerCase()));
  const implied: IndexManifest[] = [];
  for (const field of fullTextFields(document)) {
    const name = `search_${field}`;
    if (searched.has(field) || taken.has(name.toLowerCase())) continue;
    taken.add(name.toLowerCase());
    implied.push({ kind: 'search', name, searchField: field, filterFields: [] });
  }
  return implied.length === 0 ? indexes : [...indexes, ...implied];
}

function fullTextFields(document: ValidatorJson): ReadonlySet<string> {
  const fields = (documentShapes(document) ?? []).flatMap((shape) => Object.entries(shape.value));
  return new Set(fields.flatMap(([name, { fieldType }]) => (isFullText(fieldType) ? [name] : [])));
}

function isFullText(type: ValidatorJson): boolean {
  return type.type === 'union' ? type.value.some(isFullText) : type.type === 'fullText';
}
