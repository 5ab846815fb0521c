import type { AppManifest, SchemaChange } from '@betterbase/protocol';
import { assertConsent, pendingMigrations, planSchema } from '../migrate/schema-plan.ts';
import type { NormalizedSchema } from '../migrate/schema-layout.ts';
import type { SchemaStore } from '../ports/schema-store.ts';
import { appMigrations } from '../run/app-migrations.ts';
import { appSchemaManifest } from '../run/app-manifest.ts';
import type { AppModule } from '../run/app-module.ts';
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

  /** For another app than the one that runs. */
  async plan(old: NormalizedSchema, { schema, migrations = [] }: Pick<AppManifest, 'schema' | 'migrations'>): Promise<PlanResult> {
    try {
      return { ok: true, plan: await planSchema(this.#parts.store, old, { schema: withSystemTables(schema), migrations }) };
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
    const schema = withSystemTables(own);
    const migrations = appMigrations(app, own);
    const plan = await planSchema(store, standing.schema, { schema, migrations });
    assertConsent(plan, consent);
    const version = standing.version + 1;
    const pending = await pendingMigrations(store, migrations);
    const migrated = await store.migrate({ schema, deployment, basedOn: standing.version, version, now: now(), migrations: pending });
    return { version, schema: migrated.schema, changes: plan.changes };
  }
}
