import { assertConsent, type EdgeDoor, isSameJson, type PlanResult, planFirst } from '@betterbase/engine';
import type { AppManifest, BackfillProgress, Deployment, WireError } from '@betterbase/protocol';
import { toWireError } from '../wire-errors.ts';
import { prepareDocuments } from './backfill.ts';
import type { DeploymentStore } from './deployment-store.ts';
import type { DeploymentStage } from './deployment-stage.ts';
import { toLoadError, toSwitchError } from './load-error.ts';
import type { ActiveApp } from './project-code.ts';

export interface CandidateParts {
  readonly store: DeploymentStore;
  /** Loads a deployment's code in an isolate of its own. */
  readonly edge: (deployment: string) => Pick<EdgeDoor, 'describe' | 'changeDocuments'>;
  /** More documents than this are changed before the switch. */
  readonly backfillAbove: number;
  readonly breathe: () => Promise<void>;
  /** What serves. */
  readonly active: () => ActiveApp | null;
  /** Between two turns. @throws when the engine does not start. */
  readonly withEngine: <T>(work: (stage: DeploymentStage) => Promise<T>) => Promise<T>;
}

/**
 * A deployment before the switch: what can be found out and done while the one before it serves.
 *
 * Holds: how far the documents that are changed in advance are.
 */
export class Candidates {
  readonly #parts: CandidateParts;
  #progress: { readonly id: string; readonly progress: BackfillProgress } | null = null;

  constructor(parts: CandidateParts) {
    this.#parts = parts;
  }

  /** As it is shown. */
  withProgress(deployment: Deployment): Deployment {
    return this.#progress?.id === deployment.id ? { ...deployment, progress: this.#progress.progress } : deployment;
  }

  /** It serves now, or never will: then what was changed in advance is dropped. */
  async over(isRefused: boolean): Promise<void> {
    if (isRefused && this.#progress !== null) await this.#parts.withEngine((stage) => stage.backfill({ do: 'drop' })).catch(() => {});
    this.#progress = null;
  }

  /** Refuses before anything stands still what the switch would refuse. Code that changes no data is not looked at. */
  async review(id: string, consent: string | null): Promise<WireError | null> {
    const active = this.#parts.active();
    const next = this.#parts.store.app(id);
    if (active === null || next === null || hasSameData(active.manifest, next.manifest)) return null;
    // An engine that does not start says nothing; the switch will.
    const planned = await this.plan(id).catch(() => null);
    if (planned === null) return null;
    if (!planned.ok) return planned.error;
    try {
      assertConsent(planned.plan, consent);
      return null;
    } catch (refused) {
      return toWireError(refused);
    }
  }

  /** Changes documents in advance where they are many. */
  async prepare(id: string): Promise<WireError | null> {
    const { store, edge, backfillAbove, breathe, withEngine } = this.#parts;
    const active = this.#parts.active();
    const next = store.app(id);
    if (active === null || next === null || hasSameData(active.manifest, next.manifest)) return null;
    return await prepareDocuments({
      deployment: id,
      manifest: next.manifest,
      above: backfillAbove,
      ask: (request) => withEngine((stage) => stage.backfill(request)),
      edge: edge(id),
      breathe,
      onProgress: (progress) => {
        this.#progress = { id, progress };
      },
    }).catch((failure: unknown) => toSwitchError(failure));
  }

  async plan(id: string): Promise<PlanResult> {
    const next = this.#parts.store.app(id);
    if (next === null) throw new Error(`Deployment ${id} was not described.`);
    if (this.#parts.active() === null) return { ok: true, plan: planFirst(next.manifest) };
    return await this.#parts.withEngine((stage) => stage.plan(next.manifest));
  }

  async describe(id: string): Promise<WireError | null> {
    try {
      const described = await this.#parts.edge(id).describe();
      if (!described.ok) return described.error;
      this.#parts.store.describe(id, described.manifest);
      return null;
    } catch (failure) {
      return toLoadError(failure);
    }
  }
}

/** Whether two apps mean the same data. */
function hasSameData(one: AppManifest, other: AppManifest): boolean {
  return isSameJson(one.schema, other.schema) && isSameJson(one.migrations ?? [], other.migrations ?? []);
}
