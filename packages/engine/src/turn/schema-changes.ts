import { fixedLimits, overFixedLimit } from '@betterbase/core';
import type { AppManifest, SchemaChange } from '@betterbase/protocol';
import { addOtherTables, withOtherTables } from '../migrate/other-tables.ts';
import { assertConsent, pendingMigrations, planSchema } from '../migrate/schema-plan.ts';
import type { NormalizedSchema } from '../migrate/schema-layout.ts';
import type { SchemaStore } from '../ports/schema-store.ts';
import { appMigrations } from '../run/app-migrations.ts';
import { appSchemaManifest } from '../run/app-manifest.ts';
import type { AppModule } from '../run/app-module.ts';
import { onFirstUse } from '../run/on-first-use.ts';
import { toFailure } from '../run/wire-failure.ts';
import { withSystemTables } from '../schedule/job-tables.ts';
import type { PlanResult } from './turn.ts';

export interface SchemaChangesParts {
  readonly app: AppModule;
  readonly store: SchemaStore;
  readonly now: () => number;
}

interface Migrated {
  readonly version: number;
  readonly schema: NormalizedSchema;
  readonly changes: readonly SchemaChange[];
}

/**
 * Changes of the schema as the engine carries them out.
 *
 * Does not hold: where the data stands; its caller does.
 */
export class SchemaChanges {
  readonly #parts: SchemaChangesParts;

  constructor(parts: SchemaChangesParts) {
    this.#parts = parts;
  }

  /** Whether functions may use tables that the schema does not name. */
  readonly allowsOtherTables = onFirstUse(() => appSchemaManifest(this.#parts.app).otherTables === true);

  /** Makes tables that the schema does not name. @throws BetterBaseError `schema/bad-table-name`, `schema/too-many-tables` */
  async addTables(
    standing: { readonly version: number; readonly schema: NormalizedSchema; readonly deployment: string | null },
    names: ReadonlySet<string>,
  ): Promise<Omit<Migrated, 'changes'>> {
    const { store, now } = this.#parts;
    const schema = addOtherTables(standing.schema, names);
    const count = schema.tables.length;
    if (count > fixedLimits.tables.value)
      throw overFixedLimit('tables', count, `The project would have ${count} tables`, 'Keep in one table what differs in its values only.');
    const version = standing.version + 1;
    const deployment = standing.deployment ?? '';
    const { schema: made } = await store.migrate({ schema, deployment, basedOn: standing.version, version, now: now() });
    return { version, schema: made };
  }

  /** For another app than the one that runs. */
  async plan(old: NormalizedSchema, { schema, migrations = [] }: Pick<AppManifest, 'schema' | 'migrations'>): Promise<PlanResult> {
    try {
      const target = { schema: withSystemTables(withOtherTables(schema, old)), migrations };
      return { ok: true, plan: await planSchema(this.#parts.store, old, target) };
    } catch (refused) {
      return { ok: false, error: toFailure(refused, { path: 'schema', requestId: 'plan', isDevelopment: true }).error };
    }
  }

  /** @throws BetterBaseError as `SchemaStore.migrate`; `deployment/needs-consent`, `migration/bad-definition` */
  async migrate(
    standing: { readonly version: number; readonly schema: NormalizedSchema },
    deployment: string,
    consent: string | null,
  ): Promise<Migrated> {
    const { app, store, now } = this.#parts;
    const own = appSchemaManifest(app);
    const schema = withSystemTables(withOtherTables(own, standing.schema));
    const migrations = appMigrations(app, own);
    const plan = await planSchema(store, standing.schema, { schema, migrations });
    assertConsent(plan, consent);
    const version = standing.version + 1;
    const pending = await pendingMigrations(store, migrations);
    const migrated = await store.migrate({ schema, deployment, basedOn: standing.version, version, now: now(), migrations: pending });
    return { version, schema: migrated.schema, changes: plan.changes };
  }
}
