import { completeLimits, isBetterBaseError } from '@betterbase/core';
import type { MigrateResult } from '@betterbase/engine';
import type { WireError } from '@betterbase/protocol';
import type { DeploymentStage } from './deployment-stage.ts';
import type { DeploymentStore, StoredApp } from './deployment-store.ts';
import { FunctionTable } from './function-table.ts';
import { toSwitchError } from './load-error.ts';
import type { ActiveApp } from './project-code.ts';

const interrupted: WireError = {
  code: 'deployment/interrupted',
  message: 'The server stopped while this deployment was under way; the one before it goes on.',
  hint: 'Deploy again.',
};

/**
 * Which deployment serves, and the switch to the next.
 *
 * The switch: the line is held, the old engine ends, the new one migrates the data and writes the deployment's id beside it in
 * one transaction, and only then is it active here.
 *
 * Always true: the engine's id wins. Whatever was interrupted is settled before anything else happens.
 */
export class Serving {
  readonly #store: DeploymentStore;
  readonly #stage: DeploymentStage;
  #active: (ActiveApp & StoredApp) | null = null;
  /** Deployments that an earlier life left unfinished. */
  #unsettled: readonly string[] = [];

  constructor(store: DeploymentStore, stage: DeploymentStage) {
    this.#store = store;
    this.#stage = stage;
  }

  /** Takes up what an earlier life has left. */
  restore(): void {
    this.#unsettled = this.#store.pending();
    this.#activate(this.#store.active());
  }

  get active(): (ActiveApp & StoredApp) | null {
    return this.#active;
  }

  get isSettled(): boolean {
    return this.#unsettled.length === 0;
  }

  /** What the engine starts with. */
  deployment(): string | null {
    // A first deployment may have been interrupted after it had migrated.
    return this.#active?.id ?? this.#unsettled.findLast((id) => this.#store.app(id) !== null) ?? null;
  }

  adopt(stored: string | null): string | null {
    if (stored === null) return this.#active?.id ?? null;
    const app = this.#store.app(stored);
    if (app === null || this.#store.bundle(stored) === null) {
      console.error(
        JSON.stringify({ level: 'error', message: 'The data belongs to a deployment whose code is not kept.', deployment: stored }),
      );
      return null;
    }
    return stored;
  }

  confirm(deployment: string): void {
    if (this.#active?.id === deployment) return;
    this.#store.activate(deployment, []);
    this.#activate(this.#store.app(deployment));
  }

  /** The app that serves was described anew. */
  redescribed(id: string): void {
    this.#activate(this.#store.app(id));
  }

  /** Asks the engine whether an unfinished deployment had taken over the data. Those that had not have failed. */
  async settle(): Promise<void> {
    if (this.isSettled) return;
    await this.#stage.hold();
    try {
      if (this.deployment() !== null) {
        await this.#stage.openEngine();
        // What the interrupted deployment had changed in advance is of no use to anybody.
        await this.#stage.backfill({ do: 'drop' }).catch(() => {});
      }
    } catch (failure) {
      // Without any deployment the data has no schema yet, which is an answer too. While there is none, this is asked again.
      if (!isBetterBaseError(failure) || failure.code !== 'project/not-deployed') throw failure;
    } finally {
      this.#stage.release();
    }
    this.#failUnsettled();
  }

  async switchTo(id: string, consent: string | null): Promise<WireError | null> {
    await this.#stage.hold();
    try {
      const migrated = await this.#replace(id, consent);
      if (!migrated.ok) return migrated.error;
      // When the answer was lost, opening the engine has found out already.
      if (this.#active?.id !== id) {
        this.#store.activate(id, migrated.changes);
        this.#activate(this.#store.app(id));
      }
      this.#failUnsettled();
      this.#stage.switched();
      return null;
    } finally {
      this.#stage.release();
    }
  }

  /** Between two turns; in a new life of the engine if it was lost. @throws when it does not start. */
  async withEngine<T>(work: (stage: DeploymentStage) => Promise<T>): Promise<T> {
    const stage = this.#stage;
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

  async #replace(id: string, consent: string | null): Promise<MigrateResult> {
    try {
      // What the last process left behind is put in order under the code it was left by.
      if (this.#active !== null) await this.#stage.openEngine().catch(() => {});
      return await this.#stage.replaceEngine(id, consent);
    } catch (failure) {
      return await this.#askWhatHappened(id, failure);
    }
  }

  /** The switch was lost half-way: the engine knows whether it had happened. */
  async #askWhatHappened(id: string, failure: unknown): Promise<MigrateResult> {
    this.#unsettled = [...this.#unsettled, id];
    try {
      await this.#stage.openEngine();
      if (this.#active?.id === id) return { ok: true, version: 0, changes: [], wakeAt: null };
    } catch {
      // The engine stays closed. What stopped the switch is the better reason to give.
    }
    this.#unsettled = this.#unsettled.filter((each) => each !== id);
    return { ok: false, error: toSwitchError(failure) };
  }

  #failUnsettled(): void {
    for (const id of this.#unsettled) if (id !== this.#active?.id) this.#store.fail(id, interrupted);
    this.#unsettled = [];
  }

  #activate(app: StoredApp | null): void {
    this.#active =
      app === null ? null : { ...app, functions: new FunctionTable(app.manifest), limits: completeLimits(app.manifest.limits) };
  }
}
