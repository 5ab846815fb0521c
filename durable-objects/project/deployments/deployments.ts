import { completeLimits, embeddedProvider, fixedLimits, isBetterBaseError, type ProviderManifest } from '@betterbase/core';
import type { EdgeDoor, MigrateResult } from '@betterbase/engine';
import type { AppliedMigration, Deployment, DeploymentBundle, RollbackRequest, SchemaPlan, WireError } from '@betterbase/protocol';
import type { Environment, EnvironmentChange, ValueEntry } from '../environment/environment.ts';
import { providerRefusal, type ProviderType } from '../provider/provider-rules.ts';
import { valueChangeRefusal, type ValueChangeParts } from '../provider/value-change.ts';
import type { Checked } from '../project-door.ts';
import { toWireError } from '../wire-errors.ts';
import type { StoredApp } from './deployment-store.ts';
import { type CandidateParts, Candidates } from './candidates.ts';
import { FunctionTable } from './function-table.ts';
import { findRollback, notKept } from './rollback.ts';
import { toLoadError, toSwitchError } from './load-error.ts';
import type { DeploymentStage } from './deployment-stage.ts';
import type { ActiveApp, ProjectCode } from './project-code.ts';

const mostCharacters = fixedLimits.deploymentBytes.value;

export interface DeploymentsParts extends Pick<CandidateParts, 'store' | 'edge' | 'backfillAbove' | 'breathe'> {
  readonly stage: DeploymentStage;
  readonly environment: Pick<Environment, 'open' | 'change' | 'list' | 'values'>;
  /** Makes a provider's database the project's own; null when it is, or when there is none elsewhere. */
  readonly claim: ValueChangeParts['verify'];
  /** The same for a project that has documents: takes no other database. */
  readonly verify: ValueChangeParts['verify'];
  /** What documents can rest in. */
  readonly providers: readonly ProviderType[];
  readonly now: () => number;
  readonly newDeployment: () => string;
  readonly digest: (text: string) => Promise<string>;
  /** Prepares all of the project's tables. */
  readonly openTables: () => void;
}

/**
 * Which code a project runs, and how that changes.
 *
 * A deployment is recorded as pending, described in isolation, and switched to: the line is held, the old engine ends, the
 * new one migrates the data and writes the deployment's id beside it in one transaction, and only then is it active here.
 *
 * Always true: the engine's id wins. Whatever was interrupted is settled before anything else happens.
 */
export class Deployments implements ProjectCode {
  readonly #parts: DeploymentsParts;
  #active: (ActiveApp & StoredApp) | null = null;
  /** Deployments that an earlier life left unfinished. */
  #unsettled: readonly string[] = [];
  #tail: Promise<unknown> = Promise.resolve();
  readonly #candidates: Candidates;

  constructor(parts: DeploymentsParts) {
    this.#parts = parts;
    this.#candidates = new Candidates({ ...parts, active: () => this.#active, withEngine: (work) => this.#withEngine(work) });
    if (!parts.store.exists()) return;
    parts.openTables();
    this.#unsettled = parts.store.pending();
    this.#activate(parts.store.active());
  }

  get active(): ActiveApp | null {
    return this.#active;
  }

  get exists(): boolean {
    return this.#parts.store.exists();
  }

  async load(): Promise<void> {
    await this.#parts.environment.open();
  }

  deployment(): string | null {
    // A first deployment may have been interrupted after it had migrated.
    return this.#active?.id ?? this.#unsettled.findLast((id) => this.#parts.store.app(id) !== null) ?? null;
  }

  adopt(stored: string | null): string | null {
    if (stored === null) return this.#active?.id ?? null;
    const app = this.#parts.store.app(stored);
    if (app === null || this.#parts.store.bundle(stored) === null) {
      console.error(
        JSON.stringify({ level: 'error', message: 'The data belongs to a deployment whose code is not kept.', deployment: stored }),
      );
      return null;
    }
    return stored;
  }

  confirm(deployment: string): void {
    if (this.#active?.id === deployment) return;
    this.#parts.store.activate(deployment, []);
    this.#activate(this.#parts.store.app(deployment));
  }

  /** Deployments ask for it when they switch. */
  consent(): null {
    return null;
  }

  ready(): Promise<void> | null {
    if (this.#unsettled.length === 0) return null;
    const settled = this.#tail.then(() => this.#settle());
    this.#tail = settled.catch(() => {});
    return settled;
  }

  deploy(bundle: DeploymentBundle): Promise<Checked<{ readonly deployment: Deployment }>> {
    return this.#inTurn(() => this.#deploy(bundle));
  }

  preview(bundle: DeploymentBundle): Promise<Checked<{ readonly plan: SchemaPlan }>> {
    return this.#inTurn(() => this.#preview(bundle));
  }

  rollback({ to, message, ...rest }: RollbackRequest): Promise<Checked<{ readonly deployment: Deployment }>> {
    return this.#inTurn(async () => {
      const target = findRollback(this.list(), to ?? null);
      const app = target === null ? null : this.bundle(target.id);
      if (target === null || app === null) return { ok: false, error: notKept(to ?? null) };
      const provider = this.#parts.store.provider(target.id);
      return this.#deploy({ app, provider, message: message ?? `rollback to ${target.id}`, ...rest });
    });
  }

  changeEnvironment(change: EnvironmentChange): Promise<Checked<{ readonly environment: readonly ValueEntry[] }>> {
    return this.#inTurn<{ readonly environment: readonly ValueEntry[] }>(async () => {
      const serving = this.deployment();
      const refusal = serving === null ? null : await valueChangeRefusal(this.#parts.store.provider(serving), change, this.#parts);
      if (refusal !== null) return { ok: false, error: refusal };
      await this.#changeEnvironment(change);
      return { ok: true, environment: this.#parts.environment.list() };
    });
  }

  async #changeEnvironment(change: EnvironmentChange): Promise<void> {
    const { stage, environment, openTables } = this.#parts;
    openTables();
    await environment.change(change);
    await stage.hold();
    try {
      await this.#readIssuers();
      stage.closeEngine('The environment changed.');
      stage.switched();
    } finally {
      stage.release();
    }
  }

  /** Whose tokens the app accepts may come from the environment. If that cannot be read any more, it accepts nobody's. */
  async #readIssuers(): Promise<void> {
    if (this.#active?.manifest.auth === undefined) return;
    const { id, manifest } = this.#active;
    const described = await this.#describeAgain(id);
    if (!described.ok) {
      const message = 'With these environment values nobody can sign in: the app does not load.';
      console.error(JSON.stringify({ level: 'error', message, error: described.error }));
    }
    this.#parts.store.describe(id, { ...manifest, auth: described.ok ? (described.manifest.auth ?? []) : [] });
    this.#activate(this.#parts.store.app(id));
  }

  async #describeAgain(id: string): ReturnType<EdgeDoor['describe']> {
    try {
      await this.#parts.environment.open();
      return await this.#parts.edge(id).describe();
    } catch (failure) {
      return { ok: false, error: toLoadError(failure) };
    }
  }

  migrations(): Promise<Checked<{ readonly migrations: readonly AppliedMigration[] }>> {
    return this.#inTurn(async () => ({ ok: true, migrations: await this.#withEngine((stage) => stage.appliedMigrations()) }));
  }

  list(): readonly Deployment[] {
    return this.exists ? this.#parts.store.list().map((each) => this.#candidates.withProgress(each)) : [];
  }

  bundle(deployment: string): string | null {
    return this.exists ? this.#parts.store.bundle(deployment) : null;
  }

  /** One change of code after the other. Never rejects. */
  #inTurn<T>(work: () => Promise<Checked<T>>): Promise<Checked<T>> {
    const result = this.#tail.then(work).catch((failure: unknown) => ({ ok: false, error: toWireError(failure) }) as const);
    this.#tail = result;
    return result;
  }

  /** Between two turns; in a new life of the engine if it was lost. @throws when it does not start. */
  async #withEngine<T>(work: (stage: DeploymentStage) => Promise<T>): Promise<T> {
    const { stage } = this.#parts;
    await stage.hold();
    try {
      await stage.openEngine();
      return await work(stage).catch(async () => {
        stage.closeEngine('A call to it was lost.');
        await stage.openEngine();
        return await work(stage);
      });
    } finally {
      stage.release();
    }
  }

  /** Asks the engine whether an unfinished deployment had taken over the data. Those that had not have failed. */
  async #settle(): Promise<void> {
    if (this.#unsettled.length === 0) return;
    const { stage } = this.#parts;
    await stage.hold();
    try {
      if (this.deployment() !== null) {
        await stage.openEngine();
        // What the interrupted deployment had changed in advance is of no use to anybody.
        await stage.backfill({ do: 'drop' }).catch(() => {});
      }
    } catch (failure) {
      // Without any deployment the data has no schema yet, which is an answer too. While there is none, this is asked again.
      if (!isBetterBaseError(failure) || failure.code !== 'project/not-deployed') throw failure;
    } finally {
      stage.release();
    }
    this.#failUnsettled();
  }

  async #deploy(bundle: DeploymentBundle): Promise<Checked<{ readonly deployment: Deployment }>> {
    const { store, now } = this.#parts;
    const startedAt = now();
    const candidate = await this.#record(bundle);
    if (!candidate.ok) return candidate;
    const { id, isNew } = candidate;
    if (!isNew) return this.#recorded(id);

    const { claim, verify, environment } = this.#parts;
    const own = this.#active === null ? claim : verify;
    const refusal =
      (await own(store.provider(id), environment.values)) ??
      (await this.#candidates.describe(id)) ??
      (await this.#candidates.review(id, bundle.consent ?? null)) ??
      (await this.#candidates.prepare(id)) ??
      (await this.#switchTo(id, bundle.consent ?? null));
    await this.#candidates.over(refusal !== null);
    store.timed(id, now() - startedAt);
    if (refusal === null) return this.#recorded(id);
    // Nothing went wrong: somebody has to look at it first.
    if (refusal.code === 'deployment/needs-consent') store.forget(id);
    else store.fail(id, refusal);
    return { ok: false, error: refusal };
  }

  async #preview(bundle: DeploymentBundle): Promise<Checked<{ readonly plan: SchemaPlan }>> {
    const candidate = await this.#record(bundle);
    if (!candidate.ok) return candidate;
    if (!candidate.isNew) return { ok: true, plan: { changes: [], losses: [], consent: '' } };
    try {
      const refusal = await this.#candidates.describe(candidate.id);
      return refusal === null ? await this.#candidates.plan(candidate.id) : { ok: false, error: refusal };
    } finally {
      this.#parts.store.forget(candidate.id);
    }
  }

  /** Keeps a bundle as a pending deployment, unless it is what serves. */
  async #record({
    app,
    message,
    by,
    provider = embeddedProvider,
  }: DeploymentBundle): Promise<Checked<{ readonly id: string; readonly isNew: boolean }>> {
    const { store, openTables, environment, now, newDeployment, digest } = this.#parts;
    if (app.length > mostCharacters) {
      return {
        ok: false,
        error: {
          code: 'deployment/too-large',
          message: `The app is ${app.length} characters long; ${mostCharacters} are the most.`,
          hint: 'Look for a dependency that should not be in the bundle.',
        },
      };
    }
    await environment.open();
    // If the engine cannot tell, the deployment that comes now settles it.
    await this.#settle().catch(() => {});
    const refusal = providerRefusal(provider, {
      current: this.#active?.provider ?? null,
      available: this.#parts.providers,
      values: environment.values,
    });
    if (refusal !== null) return { ok: false, error: refusal };
    const digested = await digest(digestible(app, provider));
    if (this.#active?.digest === digested) return { ok: true, id: this.#active.id, isNew: false };

    if (!store.exists()) openTables();
    const id = newDeployment();
    store.add({ id, createdAt: now(), message: message ?? null, by: by ?? null, digest: digested, app, provider });
    return { ok: true, id, isNew: true };
  }

  async #switchTo(id: string, consent: string | null): Promise<WireError | null> {
    const { stage, store } = this.#parts;
    await stage.hold();
    try {
      const migrated = await this.#replace(id, consent);
      if (!migrated.ok) return migrated.error;
      // When the answer was lost, opening the engine has found out already.
      if (this.#active?.id !== id) {
        store.activate(id, migrated.changes);
        this.#activate(store.app(id));
      }
      this.#failUnsettled();
      stage.switched();
      return null;
    } finally {
      stage.release();
    }
  }

  async #replace(id: string, consent: string | null): Promise<MigrateResult> {
    const { stage } = this.#parts;
    try {
      // What the last process left behind is put in order under the code it was left by.
      if (this.#active !== null) await stage.openEngine().catch(() => {});
      return await stage.replaceEngine(id, consent);
    } catch (failure) {
      return await this.#askWhatHappened(id, failure);
    }
  }

  /** The switch was lost half-way: the engine knows whether it had happened. */
  async #askWhatHappened(id: string, failure: unknown): Promise<MigrateResult> {
    this.#unsettled = [...this.#unsettled, id];
    try {
      await this.#parts.stage.openEngine();
      if (this.#active?.id === id) return { ok: true, version: 0, changes: [], wakeAt: null };
    } catch {
      // The engine stays closed. What stopped the switch is the better reason to give.
    }
    this.#unsettled = this.#unsettled.filter((each) => each !== id);
    return { ok: false, error: toSwitchError(failure) };
  }

  #failUnsettled(): void {
    for (const id of this.#unsettled) if (id !== this.#active?.id) this.#parts.store.fail(id, interrupted);
    this.#unsettled = [];
  }

  #recorded(id: string): Checked<{ readonly deployment: Deployment }> {
    const deployment = this.#parts.store.get(id);
    if (deployment === null) throw new Error(`Deployment ${id} was not recorded.`);
    return { ok: true, deployment };
  }

  #activate(app: StoredApp | null): void {
    this.#active =
      app === null ? null : { ...app, functions: new FunctionTable(app.manifest), limits: completeLimits(app.manifest.limits) };
  }
}

/** Equal for deployments that are alike in everything. */
function digestible(app: string, provider: ProviderManifest): string {
  return provider.type === 'embedded' ? app : `${app}\n${JSON.stringify(provider)}`;
}

const interrupted: WireError = {
  code: 'deployment/interrupted',
  message: 'The server stopped while this deployment was under way; the one before it goes on.',
  hint: 'Deploy again.',
};
