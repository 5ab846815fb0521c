/** What a deployment would do to the data that is there, so that somebody can agree to it. */
import { BetterBaseError } from '@betterbase/core';
import type { AppManifest, MigrationManifest, SchemaChange, SchemaManifest, SchemaPlan } from '@betterbase/protocol';
import type { SchemaStore } from '../ports/schema-store.ts';
import { answerHash } from '../reactivity/answer-hash.ts';
import { isSystemTable } from '../schedule/job-tables.ts';
import { diffSchemas } from './diff-schemas.ts';
import { followRenames } from './follow-renames.ts';
import type { SchemaTarget } from './schema-target.ts';
import type { NormalizedSchema } from './schema-layout.ts';

export async function planSchema(
  store: Pick<SchemaStore, 'holding' | 'appliedMigrations'>,
  old: NormalizedSchema,
  { schema, migrations }: SchemaTarget,
): Promise<SchemaPlan> {
  const changes: SchemaChange[] = [
    ...diffSchemas(old, schema).filter(({ table }) => !isSystemTable(table)),
    ...(await pendingMigrations(store, migrations)).map(
      ({ name, table }) => ({ kind: 'RUN_MIGRATION', table, name, destructive: false }) as const,
    ),
  ];
  const consent = answerHash(JSON.stringify(changes));
  const { tables } = followRenames(old, schema);
  const counted: SchemaChange[] = [];
  for (const change of changes) {
    const table = tables.get(change.table) ?? change.table;
    const isKnown = old.tables.some(({ name }) => name === table);
    const documents = isKnown ? await concerned(store, table, change, schema) : null;
    counted.push(documents === null ? change : { ...change, documents });
  }
  return { changes: counted, consent, losses: counted.filter(({ destructive, documents = 0 }) => destructive && documents > 0) };
}

/** For a project without data. */
export function planFirst({ schema, migrations = [] }: Pick<AppManifest, 'schema' | 'migrations'>): SchemaPlan {
  const added = schema.tables.map(({ name }) => ({ kind: 'ADD_TABLE', table: name, destructive: false }) as const);
  const run = migrations.map(({ name, table }) => ({ kind: 'RUN_MIGRATION', table, name, destructive: false }) as const);
  const changes = [...added, ...run];
  return { changes, consent: answerHash(JSON.stringify(changes)), losses: [] };
}

/** Those that have not run. */
export async function pendingMigrations<M extends MigrationManifest>(
  store: Pick<SchemaStore, 'appliedMigrations'>,
  migrations: readonly M[],
): Promise<readonly M[]> {
  if (migrations.length === 0) return [];
  const applied = new Set((await store.appliedMigrations()).map(({ name }) => name));
  return migrations.filter(({ name }) => !applied.has(name));
}

/** @throws BetterBaseError `deployment/needs-consent` unless nothing is lost, or somebody agreed to exactly this */
export function assertConsent(plan: SchemaPlan, consent: string | null): void {
  if (plan.losses.length === 0 || consent === plan.consent) return;
  const lost = plan.losses.map(describeLoss).join(', ');
  throw new BetterBaseError('deployment/needs-consent', `This deployment takes something from documents: ${lost}.`, {
    hint:
      consent === null
        ? 'Look at the changes with `bb migrate preview`, then deploy with --allow-destructive; or rename with renamedFrom instead of dropping.'
        : 'What was agreed to is not what this deployment does now. Look at the changes again.',
    details: plan,
  });
}

function describeLoss({ kind, table, name, documents = 0 }: SchemaChange): string {
  const many = `${documents} document${documents === 1 ? '' : 's'}`;
  if (kind === 'DROP_TABLE') return `table \`${table}\` leaves with ${many}`;
  if (kind === 'DROP_COLUMN') return `field \`${table}.${name ?? ''}\` leaves ${many}`;
  return `\`${name === undefined ? table : `${table}.${name}`}\` allows less than before, for ${many}`;
}

/** Null where nobody needs to know. */
async function concerned(
  store: Pick<SchemaStore, 'holding'>,
  table: string,
  { kind, name, destructive, table: newName }: SchemaChange,
  next: SchemaManifest,
): Promise<number | null> {
  switch (kind) {
    case 'DROP_COLUMN':
      return await store.holding(table, name);
    case 'ALTER_COLUMN':
      return destructive || hasDefault(next, newName, name) ? await store.holding(table) : null;
    case 'ADD_COLUMN':
      return hasDefault(next, newName, name) ? await store.holding(table) : null;
    case 'DROP_TABLE':
    case 'RUN_MIGRATION':
    case 'RENAME_TABLE':
    case 'RENAME_COLUMN':
      return await store.holding(table);
    case 'ADD_TABLE':
    case 'ADD_INDEX':
    case 'DROP_INDEX':
      return null;
    default:
      return kind satisfies never;
  }
}

function hasDefault(schema: SchemaManifest, table: string, field = ''): boolean {
  return Object.hasOwn(schema.tables.find(({ name }) => name === table)?.defaults ?? {}, field);
}
