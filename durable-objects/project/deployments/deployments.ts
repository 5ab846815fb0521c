import { embeddedProvider, fixedLimits, type ProviderManifest } from '@betterbase/core';
import type { EdgeDoor } from '@betterbase/engine';
import type { AppliedMigration, Deployment, DeploymentBundle, RollbackRequest, SchemaPlan } from '@betterbase/protocol';
import type { Environment, EnvironmentChange, ValueEntry } from '../environment/environment.ts';
import { providerRefusal, type ProviderType } from '../provider/provider-rules.ts';
import { valueChangeRefusal, type ValueChangeParts } from '../provider/value-change.ts';
import type { Checked } from '../project-door.ts';
import { toWireError } from '../wire-errors.ts';
import { type CandidateParts, Candidates } from './candidates.ts';
import { findRollback, notKept } from './rollback.ts';
import { toLoadError } from './load-error.ts';
import type { DeploymentStage } from './deployment-stage.ts';
import type { ActiveApp, ProjectCode } from './project-code.ts';
import { Serving } from './serving.ts';

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
 * What is asked of a project's code: deploying, looking ahead, going back, other environment values.
 *
 * One after the other. A deployment is recorded as pending, described in isolation, prepared, and switched to (`Serving`).
 */
export class Deployments implements ProjectCode {
  readonly #parts: DeploymentsParts;
  #tail: Promise<unknown> = Promise.resolve();
  readonly #serving: Serving;
  readonly #candidates: Candidates;

  constructor(parts: DeploymentsParts) {
    this.#parts = parts;
    const serving = new Serving(parts.store, parts.stage);
    this.#serving = serving;
    this.#candidates = new Candidates({ ...parts, active: () => serving.active, withEngine: (work) => serving.withEngine(work) });
    if (!parts.store.exists()) return;
    parts.openTables();
    serving.restore();
  }

  get active(): ActiveApp | null {
    return this.#serving.active;
  }

  get exists(): boolean {
    return this.#parts.store.exists();
  }

  async load(): Promise<void> {
    await this.#parts.environment.open();
  }

  deployment(): string | null {
    return this.#serving.deployment();
  }

  adopt(stored: string | null): string | null {
    return this.#serving.adopt(stored);
  }

  confirm(deployment: string): void {
    this.#serving.confirm(deployment);
  }

  /** Deployments ask for it when they switch. */
  consent(): null {
    return null;
  }

  ready(): Promise<void> | null {
    if (this.#serving.isSettled) return null;
    const settled = this.#tail.then(() => this.#serving.settle());
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
    const { active } = this.#serving;
    if (active?.manifest.auth === undefined) return;
    const { id, manifest } = active;
    const described = await this.#describeAgain(id);
    if (!described.ok) {
      const message = 'With these environment values nobody can sign in: the app does not load.';
      console.error(JSON.stringify({ level: 'error', message, error: described.error }));
    }
    this.#parts.store.describe(id, { ...manifest, auth: described.ok ? (described.manifest.auth ?? []) : [] });
    this.#serving.redescribed(id);
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
    return this.#inTurn(async () => ({ ok: true, migrations: await this.#serving.withEngine((stage) => stage.appliedMigrations()) }));
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

  async #deploy(bundle: DeploymentBundle): Promise<Checked<{ readonly deployment: Deployment }>> {
    const { store, now } = this.#parts;
    const startedAt = now();
    const candidate = await this.#record(bundle);
    if (!candidate.ok) return candidate;
    const { id, isNew } = candidate;
    if (!isNew) return this.#recorded(id);

    const { claim, verify, environment } = this.#parts;
    const own = this.#serving.active === null ? claim : verify;
    const refusal =
      (await own(store.provider(id), environment.values)) ??
      (await this.#candidates.describe(id)) ??
      (await this.#candidates.review(id, bundle.consent ?? null)) ??
      (await this.#candidates.prepare(id)) ??
      (await this.#serving.switchTo(id, bundle.consent ?? null));
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
    await this.#serving.settle().catch(() => {});
    const refusal = providerRefusal(provider, {
      current: this.#serving.active?.provider ?? null,
      available: this.#parts.providers,
      values: environment.values,
    });
    if (refusal !== null) return { ok: false, error: refusal };
    const digested = await digest(digestible(app, provider));
    const { active } = this.#serving;
    if (active?.digest === digested) return { ok: true, id: active.id, isNew: false };

    if (!store.exists()) openTables();
    const id = newDeployment();
    store.add({ id, createdAt: now(), message: message ?? null, by: by ?? null, digest: digested, app, provider });
    return { ok: true, id, isNew: true };
  }

  #recorded(id: string): Checked<{ readonly deployment: Deployment }> {
    const deployment = this.#parts.store.get(id);
    if (deployment === null) throw new Error(`Deployment ${id} was not recorded.`);
    return { ok: true, deployment };
  }
}

/** Equal for deployments that are alike in everything. */
function digestible(app: string, provider: ProviderManifest): string {
  return provider.type === 'embedded' ? app : `${app}\n${JSON.stringify(provider)}`;
}
