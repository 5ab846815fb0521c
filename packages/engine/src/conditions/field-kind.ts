import type { RowField } from '../ports/row-condition.ts';
import type { TableLayout } from '../migrate/table-layout.ts';

/**
 * What a field's values are to SQL. `json`: anything, of which the kind is known row by row. `whole` is an int64, `list` a vector.
 */
export type FieldKind = 'text' | 'number' | 'boolean' | 'bytes' | 'whole' | 'list' | 'json';

/** What a part of a row is in a SQL store. */
export function fieldKind({ columns }: Pick<TableLayout, 'columns'>, { name, path }: Pick<RowField, 'name' | 'path'>): FieldKind {
  if (path.length > 0) return 'json';
  if (name === '_id') return 'text';
  if (name === '_creationTime') return 'number';
  const kind = columns.find((column) => column.name === name)?.kind;
  switch (kind) {
    case undefined:
    case 'json':
      return 'json';
    case 'text':
    case 'boolean':
    case 'bytes':
      return kind;
    case 'real':
      return 'number';
    case 'int64':
      return 'whole';
    case 'vector':
      return 'list';
    default:
      return kind satisfies never;
  }
}
