import type { SchemaChange } from '@betterbase/protocol';
import type { Colors } from './terminal.ts';

const verbs = {
  ADD_TABLE: '+ table',
  DROP_TABLE: '- table',
  ADD_COLUMN: '+ field',
  DROP_COLUMN: '- field',
  ALTER_COLUMN: '~ field',
  ADD_INDEX: '+ index',
  DROP_INDEX: '- index',
} as const satisfies Record<SchemaChange['kind'], string>;

/** `+ index todos.by_owner` */
export function formatChange({ kind, table, name, destructive }: SchemaChange, colors: Colors): string {
  const text = `${verbs[kind]} ${name === undefined ? table : `${table}.${name}`}`;
  return destructive ? colors.yellow(text) : text;
}
