import type { OnDelete, ValidatorJson } from '@betterbase/core';
import type { NormalizedTable } from '../migrate/schema-layout.ts';

/** A field whose value names a document of another table, which must be there. */
export interface ForeignKey {
  readonly table: string;
  readonly field: string;
  readonly target: string;
  readonly onDelete: OnDelete;
  /** Whether the field may be null; otherwise what sets it null removes it. */
  readonly isNullable: boolean;
}

/** The foreign keys of a table: its top-level fields of `v.id(table, { onDelete })`. */
export function foreignKeysOf({ name, document }: Pick<NormalizedTable, 'name' | 'document'>): ForeignKey[] {
  if (document.type !== 'object') return [];
  return Object.entries(document.value).flatMap(([field, { fieldType }]) => {
    const members = memberTypes(fieldType);
    const isNullable = members.some(({ type }) => type === 'null');
    return members.flatMap((type) =>
      type.type === 'id' && type.onDelete !== undefined
        ? [{ table: name, field, target: type.tableName, onDelete: type.onDelete, isNullable }]
        : [],
    );
  });
}

function memberTypes(type: ValidatorJson): readonly ValidatorJson[] {
  return type.type === 'union' ? type.value.flatMap(memberTypes) : [type];
}
