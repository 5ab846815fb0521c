import {
  documentChange,
  DocumentCheck,
  type Migration,
  type MigrationResult,
  planMigration,
  type StoredDocument,
  type TableStep,
} from '@betterbase/engine';
import { alterTable, createIndexes, createTable, renameTable, rewriteTable } from './alter-table.ts';
import { recordApplied } from './applied-migrations.ts';
import type { Backfill } from './backfill.ts';
import { EmbeddedTable } from './embedded-table.ts';
import type { TablePlace } from '../sql/table-place.ts';
import { quote } from '../sql/identifier.ts';
import type { Stand } from '../sql/standing.ts';
import { recordMigration } from './ledger.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';
import { TableCounts } from '../sql/table-counts.ts';

export interface Migrated extends Stand<EmbeddedTable> {
  readonly changes: MigrationResult['changes'];
}

/** Carries out a migration inside the caller's transaction. Nothing of it shows in memory before the caller takes the result over. */
export function migrateSchema(
  disk: SqlDisk,
  { state: old, tables, counts: before }: Stand<EmbeddedTable>,
  migration: Migration,
  backfill: Backfill,
): Migrated {
  const { deployment, version } = migration;
  const plan = planMigration(old.schema, old.nextTable, migration, (name) => before.of(name) > 0);
  const { schema } = plan;
  for (const { name } of plan.gone) dropTable(disk, tables.get(name));

  const check = new DocumentCheck(schema);
  const finishes: Finish[] = [];
  const migrated = new Map<string, EmbeddedTable>();
  const steps = new Map(plan.changed.map((step) => [step.next.name, step]));
  const ready = backfill.finish(
    migration,
    (name) => tables.get(name),
    (name) => before.of(name),
    (name, document) => changeOne(steps.get(name), document, check),
  );
  const homes = new Set([...tables.values()].map(({ place }) => place.home.toLowerCase()));
  for (const table of schema.tables) {
    const step = steps.get(table.name);
    const known = tables.get(step?.old?.name ?? table.name);
    const aside = ready.get(table.name);
    const home = aside?.place.home ?? known?.place.home ?? freeHome(table, homes);
    const next = step === undefined && known !== undefined ? known : new EmbeddedTable(disk, table, { sqlName: table.name, home });
    migrated.set(table.name, next);
    if (aside !== undefined && known !== undefined) finishes.push(() => replaceTable(disk, known, aside, next));
    else if (step !== undefined) finishes.push(changeTable(disk, known, next, step, check));
  }
  check.assertGood();
  for (const finish of finishes) finish();
  backfill.end(new Set(ready.keys()));

  const names = new Map(plan.changed.map(({ old: from, next }) => [next.name, from?.name ?? next.name]));
  const counts = TableCounts.count(schema, (table) => before.of(names.get(table) ?? table));
  const places = new Map([...migrated].map(([name, { place }]) => [name, place]));
  const state = { version, time: old.time, deployment, nextTable: plan.nextNumber, schema, places, counts: counts.text(version) };
  recordMigration(disk, old.schema, state);
  recordApplied(disk, migration, (table) => counts.of(table));
  return { state, tables: migrated, counts, changes: plan.changes };
}

/** What is left to do for a table when all documents are known to be good. */
type Finish = () => void;

/** Takes the documents of a table over, and looks at them. */
function changeTable(disk: SqlDisk, old: EmbeddedTable | undefined, next: EmbeddedTable, step: TableStep, check: DocumentCheck): Finish {
  const { next: table, parts, recheck } = step;
  if (old === undefined) {
    return () => {
      createTable(disk, next);
      next.sides.takeOver(null);
    };
  }
  if (parts === null) {
    if (recheck) old.each((document) => check.see(table, document) || true);
    return () => alterTable(disk, old, next);
  }
  const change = documentChange(parts);
  old.sides.drop();
  rewriteTable(disk, old, next, (document) => {
    const changed = change(document);
    return check.see(table, changed) ? changed : null;
  });
  return () => {
    createIndexes(disk, next);
    next.sides.takeOver(null);
  };
}

/** One document that a back-fill has left; null if it is not good. */
function changeOne(step: TableStep | undefined, document: StoredDocument, check: DocumentCheck): StoredDocument | null {
  if (step === undefined) return document;
  const changed = step.parts === null ? document : documentChange(step.parts)(document);
  return check.see(step.next, changed) ? changed : null;
}

/** Puts a table that lies ready, with all its indexes, in the place of the old one. */
function replaceTable(disk: SqlDisk, old: EmbeddedTable, ready: EmbeddedTable, next: EmbeddedTable): void {
  dropTable(disk, old);
  renameTable(disk, ready.place.sqlName, next.place.sqlName);
}

function dropTable(disk: SqlDisk, table: EmbeddedTable | undefined): void {
  if (table === undefined) return;
  table.sides.drop();
  disk.write(`DROP TABLE ${quote(table.place.sqlName)}`);
}

/** A table that was renamed may still have the home of that name. No name of a table has a tilde. */
function freeHome({ name, number }: { readonly name: string; readonly number: number }, homes: ReadonlySet<string>): TablePlace['home'] {
  return homes.has(name.toLowerCase()) ? `${name}~${number}` : name;
}
