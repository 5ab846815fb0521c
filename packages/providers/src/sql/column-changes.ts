/** How the columns of a table change where it stands. */
import { type ColumnLayout, type IndexLayout, isSameJson, type TableLayout } from '@betterbase/engine';
import type { SqlDialect } from './dialect.ts';
import { keyColumn } from './identifier.ts';
import type { TablePlace } from './table-place.ts';
import { dropIndexText } from './table-texts.ts';

export interface ColumnChanges {
  readonly texts: readonly string[];
  /** Hidden columns that are to be filled then. */
  readonly newKeys: readonly string[];
  /** Indexes that are to be made in the end. */
  readonly newIndexes: readonly IndexLayout[];
}

/** Whether no document's field changes its place, and every NULL that is there will mean the same. */
export function canStay(old: TableLayout, next: TableLayout): boolean {
  if (old.extraFields === null || next.extraFields === null) {
    return old.extraFields === next.extraFields && old.columns.length === 0 && next.columns.length === 0;
  }
  const [oldExtra, nextExtra] = [new Set(old.extraFields), new Set(next.extraFields)];
  const columns = byName(next.columns);
  return (
    next.columns.every((column) => !oldExtra.has(column.name)) &&
    old.columns.every((column) => {
      const kept = columns.get(column.name);
      if (kept === undefined) return !nextExtra.has(column.name);
      return kept.kind === column.kind && (column.nullMeans === 'missing' || kept.nullMeans === 'null');
    })
  );
}

/** Of layouts between which a table can stay. It has its new name. */
export function columnChanges(dialect: SqlDialect, old: TableLayout, next: TableLayout, place: TablePlace): ColumnChanges {
  const table = dialect.quote(place.sqlName);
  const { column } = dialect;
  const key = (index: string): string => keyColumn(dialect, index);
  const [oldIndexes, nextIndexes] = [byName(old.indexes), byName(next.indexes)];
  const [oldColumns, nextColumns] = [byName(old.columns), byName(next.columns)];
  const [oldKeys, nextKeys] = [keyFields(old), keyFields(next)];
  const [goneKeys, newKeys] = [missingFrom(nextKeys, oldKeys), missingFrom(oldKeys, nextKeys)];
  const goneIndexes = [...oldIndexes.values()].filter((index) => !isSameJson(index, nextIndexes.get(index.name)));
  const goneColumns = [...oldColumns.keys()].filter((name) => !nextColumns.has(name));
  const newColumns = [...nextColumns.values()].filter(({ name }) => !oldColumns.has(name));
  return {
    texts: [
      ...goneIndexes.map(({ name }) => dropIndexText(dialect, place, name)),
      ...[...goneColumns.map(column), ...goneKeys.map(key)].map((gone) => `ALTER TABLE ${table} DROP COLUMN ${gone}`),
      ...newColumns.map(({ name, kind }) => `ALTER TABLE ${table} ADD COLUMN ${column(name)} ${dialect.types[kind]}`),
      ...newKeys.map((index) => `ALTER TABLE ${table} ADD COLUMN ${key(index)} ${dialect.types.key}`),
    ],
    newKeys: newKeys.map(key),
    newIndexes: [...nextIndexes.values()].filter((index) => !isSameJson(index, oldIndexes.get(index.name))),
  };
}

/** The indexes that have a hidden column, with what is in it. */
function keyFields(layout: TableLayout): ReadonlyMap<string, string> {
  return new Map(layout.indexes.filter((index) => index.by === 'key').map((index) => [index.name, JSON.stringify(index.fields)]));
}

function missingFrom(here: ReadonlyMap<string, string>, there: ReadonlyMap<string, string>): string[] {
  return [...there].filter(([name, fields]) => here.get(name) !== fields).map(([name]) => name);
}

function byName<T extends ColumnLayout | IndexLayout>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.name, item]));
}
