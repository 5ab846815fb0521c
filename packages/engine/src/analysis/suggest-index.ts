/** Which index would have read no more than was wanted. */
import type { FieldComparison } from '../database/filter-expression.ts';
import { byCreationTime, byId } from '../transaction/index-key.ts';
import { layoutTable } from '../migrate/table-layout.ts';
import type { CatalogTable } from '../transaction/table-catalog.ts';

/** Fields that are compared with `eq` first, then the one that is compared otherwise or sorted by. Empty: there is none. */
export function indexFieldsFor(
  given: readonly string[],
  compared: readonly FieldComparison[],
  sortField: string | null,
): readonly string[] {
  const equal = compared.filter(({ by }) => by === 'eq').map(({ field }) => field);
  const [ranged] = sortField === null ? compared.filter(({ by }) => by === 'range').map(({ field }) => field) : [sortField];
  const fields = [...new Set([...given, ...equal, ...(ranged === undefined ? [] : [ranged])])];
  return fields.filter((field) => !field.startsWith('_'));
}

/** The line for schema.ts, or the index to use if there is one that begins so. */
export function indexSuggestion(table: CatalogTable, fields: readonly string[]): string {
  const known = [...table.indexes].find(
    ([name, own]) => name !== byId && name !== byCreationTime && fields.every((field, at) => own[at] === field),
  );
  if (known !== undefined) return `${table.name}: is there: .withIndex('${known[0]}', (q) => q.eq('${fields[0] ?? ''}', …))`;
  return `${table.name}: .index('by_${fields.map((field) => field.replaceAll('.', '_')).join('_and_')}', [${fields.map((field) => `'${field}'`).join(', ')}])`;
}

/** Whether SQL could use an index on the field: it compares columns, and some fields are ordered by more than their column says. */
export function isOrderedBySql(table: CatalogTable, field: string): boolean {
  const { json } = table.document;
  const index = { kind: 'index', name: 'candidate', fields: [field], unique: false } as const;
  return layoutTable({ name: table.name, document: json, indexes: [index] }).indexes[0]?.by === 'fields';
}
