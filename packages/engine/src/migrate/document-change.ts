/**
 * What a deployment does to the documents of one table: fields move to their new names, migration functions have their say,
 * defaults fill what is missing, and fields that left the schema go. Whether the result is good is another question.
 */
import { BetterBaseError, checkValue, decodeValue, type MigrationDefinition, v, type Value } from '@betterbase/core';
import type { TableManifest } from '@betterbase/protocol';
import type { StoredDocument } from '../ports/document-store.ts';
import { isSameJson } from './same-json.ts';
import type { NormalizedTable } from './schema-layout.ts';
import { fieldOf } from './widening.ts';

/** Takes a document of the old schema to one of the new. The document is the caller's own, and may come back changed. */
export type DocumentChange = (document: StoredDocument) => StoredDocument;

/** A migration function under the name by which it is remembered. */
export interface NamedMigration extends Pick<MigrationDefinition, 'table' | 'migrate'> {
  readonly name: string;
}

export interface ChangedTable {
  /** In the names of the new schema. */
  readonly old: NormalizedTable;
  readonly next: Pick<TableManifest, 'name' | 'document' | 'defaults'>;
  /** What renamed fields were called, by their new names. */
  readonly renamed: ReadonlyMap<string, string> | undefined;
  /** Of this table, in order. */
  readonly migrations: readonly NamedMigration[];
}

/** A change in the order in which it happens. */
export interface ChangeParts {
  /** Fields move. */
  readonly before: DocumentChange | null;
  readonly migrations: readonly NamedMigration[];
  /** Defaults fill, and fields go. */
  readonly after: DocumentChange | null;
}

/** Null if documents stay as they are. */
export function changeParts({ old, next, renamed, migrations }: ChangedTable): ChangeParts | null {
  const before = renameDocument(renamed);
  const after = fitDocument({ old, next, hasMigrations: migrations.length > 0 });
  return before === null && after === null && migrations.length === 0 ? null : { before, migrations, after };
}

export function documentChange({ before, migrations, after }: ChangeParts): DocumentChange {
  return (document) => {
    let changed = before?.(document) ?? document;
    for (const migration of migrations) changed = runMigration(migration, changed);
    return after?.(changed) ?? changed;
  };
}

function renameDocument(renamed: ReadonlyMap<string, string> | undefined): DocumentChange | null {
  if (renamed === undefined || renamed.size === 0) return null;
  return (document) => {
    for (const [to, from] of renamed) {
      if (!Object.hasOwn(document, from)) continue;
      const value = document[from];
      delete document[from];
      if (value !== undefined) document[to] = value;
    }
    return document;
  };
}

function fitDocument({
  old,
  next,
  hasMigrations,
}: Pick<ChangedTable, 'old' | 'next'> & { readonly hasMigrations: boolean }): DocumentChange | null {
  if (old.document.type !== 'object' || next.document.type !== 'object') return null;
  const [before, after] = [old.document.value, next.document.value];
  const gone = Object.keys(before).filter((name) => fieldOf(after, name) === undefined);
  const defaults = Object.entries(next.defaults ?? {}).filter(([name]) => {
    const known = fieldOf(before, name);
    return hasMigrations || known === undefined || known.optional;
  });
  if (gone.length === 0 && defaults.length === 0) return null;
  return (document) => {
    for (const [name, value] of defaults)
      if (!Object.hasOwn(document, name) || document[name] === undefined) document[name] = decodeValue(value);
    for (const name of gone) delete document[name];
    return document;
  };
}

const anything = v.any();

/** @throws BetterBaseError `migration/failed` */
export function runMigration({ name, table, migrate }: NamedMigration, document: StoredDocument): StoredDocument {
  const { _id, _creationTime } = document;
  let patch: ReturnType<typeof migrate>;
  try {
    patch = migrate(document);
  } catch (cause) {
    throw failed(name, table, _id, `it threw ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`, cause);
  }
  if (patch === null || patch === undefined) return document;
  if (typeof patch !== 'object' || 'then' in patch) throw failed(name, table, _id, 'it did not return an object of fields');
  const changed: StoredDocument = { ...document };
  for (const [field, value] of Object.entries(patch)) {
    if (field.startsWith('_')) {
      if (isSameJson(value, document[field])) continue;
      throw failed(name, table, _id, `it changes \`${field}\`, which is the system's`);
    }
    if (value === undefined) delete changed[field];
    else changed[field] = checked(value, () => `the field \`${field}\``, name, table, _id);
  }
  return { ...changed, _id, _creationTime };
}

function checked(value: unknown, what: () => string, name: string, table: string, id: string): Value {
  const problem = checkValue(anything, value, what());
  if (problem !== null) throw failed(name, table, id, `${problem.path} is ${problem.got}, and not ${problem.expected}`);
  return value as Value;
}

function failed(name: string, table: string, id: string, reason: string, cause?: unknown): BetterBaseError {
  return new BetterBaseError('migration/failed', `Migration \`${name}\` failed for \`${id}\` of \`${table}\`: ${reason}.`, {
    hint: 'Nothing was changed. Correct the migration and deploy again.',
    details: { migration: name, table, id },
    ...(cause === undefined ? {} : { cause }),
  });
}
