import { decodeFromJson, encodeToJson, isPlainObject } from '@betterbase/core';
import type { BackfillProgress } from '@betterbase/protocol';
import { DocumentCheck } from '../migrate/check-documents.ts';
import { needsPass } from '../migrate/needs-pass.ts';
import { withOtherTables } from '../migrate/other-tables.ts';
import { type MigrationPlan, planMigration, type TableStep } from '../migrate/plan-migration.ts';
import { pendingMigrations } from '../migrate/schema-plan.ts';
import { plannable, type SchemaTarget } from '../migrate/schema-target.ts';
import type { BackfillBatch, BackfillState, BackfillStore } from '../ports/backfill-store.ts';
import type { StoredDocument } from '../ports/document-store.ts';
import type { ProjectStore } from '../ports/project-store.ts';
import { toFailure } from '../run/wire-failure.ts';
import { withSystemTables } from '../schedule/job-tables.ts';
import type { NormalizedSchema } from '../migrate/schema-layout.ts';
import type { BackfillRequest, BackfillResult } from './backfill-request.ts';

/** Documents of one batch, and batches of one call: calls of the project wait for it. Within a call the clock may stand still. */
const mostDocuments = 256;
const mostBatches = 4;
/** So few are left to the switch: while commits go on there would always be some. */
const fewLeft = 64;

interface UnderWay {
  readonly deployment: string;
  readonly target: SchemaTarget;
  readonly plan: MigrationPlan;
  readonly check: DocumentCheck;
}

/**
 * Back-fills as the engine of the old code carries them out for the new.
 *
 * Holds: the plan of the one under way, and the documents that were found not to fit.
 * Does not hold: migration functions. Documents that have one to go through leave as a parcel.
 */
export class Backfills {
  readonly #store: Pick<ProjectStore, 'appliedMigrations' | 'holding'>;
  readonly #beside: BackfillStore | undefined;
  #underWay: UnderWay | null = null;

  constructor(store: Pick<ProjectStore, 'appliedMigrations' | 'holding' | 'backfills'>) {
    this.#store = store;
    this.#beside = store.backfills;
  }

  async carryOut(old: NormalizedSchema, request: BackfillRequest): Promise<BackfillResult> {
    try {
      switch (request.do) {
        case 'begin':
          return await this.#begin(old, request);
        case 'step':
          return await this.#step(old, request);
        case 'drop':
          this.#underWay = null;
          if ((await this.#state()) !== null) await this.#beside?.drop();
          return { state: 'none' };
        default:
          return request satisfies never;
      }
    } catch (refused) {
      return { state: 'refused', error: toFailure(refused, { path: 'schema', requestId: 'backfill', isDevelopment: true }).error };
    }
  }

  async #begin(old: NormalizedSchema, { deployment, app, above }: Extract<BackfillRequest, { do: 'begin' }>): Promise<BackfillResult> {
    if (this.#beside === undefined) return { state: 'none' };
    const migrations = await pendingMigrations(this.#store, app.migrations ?? []);
    const target = { schema: withSystemTables(withOtherTables(app.schema, old)), migrations };
    const tables = (await this.#plan(old, target)).changed.filter(needsPass);
    let documents = 0;
    for (const step of tables) documents += step.old === null ? 0 : await this.#store.holding(step.old.name);
    if (documents <= above) return { state: 'none' };
    await this.#beside.begin({ deployment, target, tables: tables.map(({ next }) => next.name) });
    return { state: 'working', progress: await this.#progress(tables[0]?.next.name ?? '') };
  }

  async #step(old: NormalizedSchema, { deployment, changed }: Extract<BackfillRequest, { do: 'step' }>): Promise<BackfillResult> {
    const underWay = await this.#find(old, deployment);
    if (underWay === null) return { state: 'none' };
    if (changed !== null) await this.#layAside(underWay, { ...changed, documents: decodeDocuments(changed.documents) });
    let table = '';
    for (let batches = 0; batches < mostBatches; batches++) {
      const { done, total } = await this.#progress(table);
      const batch = total - done <= fewLeft ? null : ((await this.#beside?.take(mostDocuments)) ?? null);
      if (batch === null) {
        underWay.check.assertGood();
        return { state: 'ready', progress: await this.#progress(table) };
      }
      table = batch.table;
      const { parts } = stepOf(underWay, table);
      const moved = parts?.before === null || parts === null ? batch : { ...batch, documents: batch.documents.map(parts.before) };
      const migrations = parts?.migrations.map(({ name }) => name) ?? [];
      if (migrations.length > 0 && batch.documents.length > 0)
        return {
          state: 'parcel',
          progress: await this.#progress(table),
          parcel: { ...moved, migrations, documents: encodeDocuments(moved.documents) },
        };
      await this.#layAside(underWay, moved);
    }
    return { state: 'working', progress: await this.#progress(table) };
  }

  /** Of documents that do not fit nothing is kept but their number: the deployment will be refused. */
  async #layAside(underWay: UnderWay, batch: BackfillBatch): Promise<void> {
    const { next, parts } = stepOf(underWay, batch.table);
    const fitted = parts?.after == null ? batch.documents : batch.documents.map(parts.after);
    await this.#beside?.layAside({ ...batch, documents: fitted.filter((document) => underWay.check.see(next, document)) });
  }

  async #state(): Promise<BackfillState | null> {
    return (await this.#beside?.state()) ?? null;
  }

  async #find(old: NormalizedSchema, deployment: string): Promise<UnderWay | null> {
    if (this.#underWay?.deployment === deployment && (await this.#state()) !== null) return this.#underWay;
    const state = await this.#state();
    if (state === null || state.deployment !== deployment) return null;
    const plan = await this.#plan(old, state.target);
    this.#underWay = { deployment, target: state.target, plan, check: new DocumentCheck(plan.schema) };
    return this.#underWay;
  }

  async #plan(old: NormalizedSchema, target: SchemaTarget): Promise<MigrationPlan> {
    const holding = new Set<string>();
    for (const { name } of old.tables) if ((await this.#store.holding(name)) > 0) holding.add(name);
    // Numbers of new tables are given anew by the migration; ids in documents cannot name those tables yet.
    const nextNumber = 1 + Math.max(0, ...old.tables.map(({ number }) => number));
    return planMigration(old, nextNumber, plannable(target), (name) => holding.has(name));
  }

  async #progress(table: string): Promise<BackfillProgress> {
    const state = await this.#state();
    return { table, done: state?.done ?? 0, total: state?.total ?? 0 };
  }
}

function stepOf({ plan }: UnderWay, table: string): TableStep {
  const step = plan.changed.find(({ next }) => next.name === table);
  if (step === undefined) throw new Error(`The back-fill has no table ${table}.`);
  return step;
}

export function encodeDocuments(documents: readonly StoredDocument[]): string {
  return encodeToJson([...documents]);
}

/** Made by `encodeDocuments`, here or in the code that ran the functions. */
export function decodeDocuments(text: string): StoredDocument[] {
  const documents = decodeFromJson(text);
  if (!Array.isArray(documents) || !documents.every(isStored)) throw new Error('The back-fill got something else than documents.');
  return documents;
}

function isStored(value: unknown): value is StoredDocument {
  return isPlainObject(value) && typeof value['_id'] === 'string' && typeof value['_creationTime'] === 'number';
}
