/**
 * Which column of a SQL table holds what: the same rules for every SQL store.
 *
 * A field becomes a column if the document is one object, its name is a plain identifier, and there is room; everything
 * else travels in the column `_extra`. An index uses the fields' own columns only if these order and distinguish values
 * as the key encoding does; otherwise a hidden column holds the encoded key.
 */
import { BetterBaseError, type FieldJson, fixedLimits } from '@betterbase/core';
import { type ColumnKind, fieldShape } from './column-kind.ts';
import type { NormalizedTable } from './schema-layout.ts';

export interface ColumnLayout {
  readonly name: string;
  readonly kind: ColumnKind;
  /** What SQL's NULL stands for. (A value that SQL cannot hold is NULL as well, and in `_extra`.) */
  readonly nullMeans: 'missing' | 'null';
  /** Whether the column alone says everything: `_extra` never speaks of this field. */
  readonly isExact: boolean;
}

export interface IndexLayout {
  readonly name: string;
  readonly fields: readonly string[];
  readonly unique: boolean;
  /** `fields`: the fields' own columns. `key`: the hidden column of this index. */
  readonly by: 'fields' | 'key';
}

export interface TableLayout {
  readonly columns: readonly ColumnLayout[];
  /** Fields kept in `_extra`; null: all that are not columns. */
  readonly extraFields: readonly string[] | null;
  readonly indexes: readonly IndexLayout[];
}

/** `_seq`, `_id`, `_creationTime`, `_updatedTime`, `_extra` */
const systemColumns = 5;
const mostColumns = fixedLimits.columns.value;
const columnName = /^[a-z][a-z0-9_]{0,62}$/i;

/** @throws BetterBaseError `schema/too-many-columns` when the indexes need more columns than a table can have. */
export function layoutTable(table: Pick<NormalizedTable, 'name' | 'document' | 'indexes'>): TableLayout {
  const fields = table.document.type === 'object' ? table.document.value : null;
  const possible = new Set(fields === null ? [] : possibleColumns(Object.keys(fields)));
  const indexes = table.indexes.flatMap((index): IndexLayout[] => {
    if (index.kind !== 'index') return [];
    const isNative = fields !== null && index.fields.every((field) => possible.has(field) && ordersAsItsKey(fields[field]));
    return [{ name: index.name, fields: index.fields, unique: index.unique, by: isNative ? 'fields' : 'key' }];
  });

  const indexed = new Set(indexes.flatMap((index) => (index.by === 'fields' ? index.fields : [])));
  const hidden = indexes.filter((index) => index.by === 'key').length;
  let room = mostColumns - systemColumns - hidden - indexed.size;
  if (room < 0) throw tooManyColumns(table.name, hidden, indexed.size);
  const columns: ColumnLayout[] = [];
  const extraFields: string[] = [];
  for (const [name, field] of Object.entries(fields ?? {})) {
    const isColumn = possible.has(name) && (indexed.has(name) || room-- > 0);
    if (isColumn) columns.push(layoutColumn(name, field));
    else extraFields.push(name);
  }
  return { columns, extraFields: fields === null ? null : extraFields, indexes };
}

/** Whether any document may need `_extra`. */
export function usesExtra(layout: TableLayout): boolean {
  return layout.extraFields === null || layout.extraFields.length > 0 || layout.columns.some((column) => !column.isExact);
}

/** SQL does not tell `a` from `A`; a name that every object has would be found where it was never set. */
function possibleColumns(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.filter((name) => {
    const folded = name.toLowerCase();
    if (!columnName.test(name) || name in Object.prototype || taken.has(folded)) return false;
    taken.add(folded);
    return true;
  });
}

function layoutColumn(name: string, field: FieldJson): ColumnLayout {
  const { kind, isNullable } = fieldShape(field);
  const isAmbiguous = isNullable && field.optional;
  return {
    name,
    kind,
    nullMeans: isNullable && !field.optional ? 'null' : 'missing',
    isExact: !isAmbiguous && kind !== 'real' && kind !== 'int64' && kind !== 'vector',
  };
}

/** Never NULL, and compared by SQL as by its key: not numbers (NaN, -0), not bytes or JSON. */
function ordersAsItsKey(field: FieldJson | undefined): boolean {
  if (field === undefined || field.optional) return false;
  const { kind, isNullable } = fieldShape(field);
  return !isNullable && (kind === 'text' || kind === 'boolean');
}

function tooManyColumns(table: string, hidden: number, indexed: number): BetterBaseError {
  return new BetterBaseError(
    'schema/too-many-columns',
    `The indexes of \`${table}\` need ${hidden + indexed} columns, and a table has room for ${mostColumns - systemColumns}.`,
    {
      hint: 'Drop indexes that no query uses.',
      details: { table, hiddenColumns: hidden, indexedColumns: indexed, room: mostColumns - systemColumns },
    },
  );
}
