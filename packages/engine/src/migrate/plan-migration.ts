/** What a migration comes to, worked out before anything is touched: the same for every store. */
import type { SchemaChange } from '@betterbase/protocol';
import type { Migration } from '../ports/schema-store.ts';
import { checkNames } from './check-names.ts';
import { diffSchemas } from './diff-schemas.ts';
import { type ChangeParts, changeParts } from './document-change.ts';
import { followRenames } from './follow-renames.ts';
import { numberTables } from './number-tables.ts';
import { isSameJson } from './same-json.ts';
import type { NormalizedSchema, NormalizedTable } from './schema-layout.ts';

export interface MigrationPlan {
  readonly schema: NormalizedSchema;
  readonly nextNumber: number;
  /** Tables that come, or go on differently. */
  readonly changed: readonly TableStep[];
  /** Tables that go, as the old schema has them. */
  readonly gone: readonly NormalizedTable[];
  readonly changes: readonly SchemaChange[];
}

export interface TableStep {
  /** As it is now; null for a new one. */
  readonly old: NormalizedTable | null;
  readonly next: NormalizedTable;
  /** What happens to its documents; null if they stay as they are. */
  readonly parts: ChangeParts | null;
  /** Whether documents that were good may not be. */
  readonly recheck: boolean;
}

/**
 * @param holdsDocuments of a table under its old name
 * @throws BetterBaseError `schema/bad-rename`, `schema/bad-table-name`, `schema/bad-index`
 */
export function planMigration(
  old: NormalizedSchema,
  nextNumber: number,
  { schema: wanted, migrations = [] }: Pick<Migration, 'schema' | 'migrations'>,
  holdsDocuments: (table: string) => boolean,
): MigrationPlan {
  const renames = followRenames(old, wanted);
  const numbered = numberTables(renames.schema, wanted, nextNumber, ({ name }) => holdsDocuments(name));
  const byNumber = new Map(old.tables.map((table) => [table.number, table]));
  const renamed = new Map(renames.schema.tables.map((table) => [table.number, table]));
  const manifests = new Map(wanted.tables.map((table) => [table.name, table]));

  const changed: TableStep[] = [];
  const tables = numbered.schema.tables.map((table): NormalizedTable => {
    const known = byNumber.get(table.number);
    const followed = renamed.get(table.number);
    const manifest = manifests.get(table.name);
    const parts =
      followed === undefined || manifest === undefined
        ? null
        : changeParts({
            old: followed,
            next: manifest,
            renamed: renames.fields.get(table.name),
            migrations: migrations.filter((each) => each.table === table.name),
          });
    if (known !== undefined && parts === null && isSameJson(known, table)) return known;
    const recheck = table.active && known !== undefined && (parts !== null || !isSameJson(table.document, followed?.document));
    changed.push({ old: known ?? null, next: table, parts, recheck });
    return table;
  });
  checkNames({ tables });
  const gone = numbered.gone.flatMap(({ number }) => byNumber.get(number) ?? []);
  return { schema: { tables }, nextNumber: numbered.nextNumber, changed, gone, changes: diffSchemas(old, wanted) };
}
