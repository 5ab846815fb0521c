import type { SchemaChange } from '@betterbase/protocol';
import type { Colors } from './terminal.ts';

const verbs = {
  ADD_TABLE: '+ table',
  DROP_TABLE: '- table',
  RENAME_TABLE: '→ table',
  ADD_COLUMN: '+ field',
  DROP_COLUMN: '- field',
  RENAME_COLUMN: '→ field',
  ALTER_COLUMN: '~ field',
  ADD_INDEX: '+ index',
  DROP_INDEX: '- index',
  RUN_MIGRATION: '! migration',
} as const satisfies Record<SchemaChange['kind'], string>;

/** `+ index todos.by_owner` */
export function formatChange({ kind, table, name, from, documents, destructive }: SchemaChange, colors: Colors): string {
  const what = `${name === undefined ? table : `${table}.${name}`}${from === undefined ? '' : `, was ${from}`}`;
  const text = `${verbs[kind]} ${what}${documents === undefined ? '' : ` (${documents} document${documents === 1 ? '' : 's'})`}`;
  return destructive ? colors.yellow(text) : text;
}
