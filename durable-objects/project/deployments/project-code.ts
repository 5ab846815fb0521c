import type { ProjectLimits } from '@betterbase/core';
import type { AppliedMigration, AppManifest, Deployment, DeploymentBundle, RollbackRequest, SchemaPlan } from '@betterbase/protocol';
import type { EnvironmentChange, ValueEntry } from '../environment/environment.ts';
import type { Checked } from '../project-door.ts';
import type { CodeBook } from '../turns/engine-link.ts';
import type { FunctionTable } from './function-table.ts';

/** The app that serves now. */
export interface ActiveApp {
  readonly id: string;
  readonly functions: FunctionTable;
  readonly manifest: AppManifest;
  readonly limits: ProjectLimits;
}

/** A project's code: loaded by deployments, or compiled in. */
export interface ProjectCode extends CodeBook {
  /** Null before the first deployment. Certain only when `ready()` is null. */
  readonly active: ActiveApp | null;
  /** False for a project that has nothing on disk: nobody has ever deployed it. */
  readonly exists: boolean;
  /** Null when there is nothing to find out, else a promise to wait for before asking `active`. */
  ready(): Promise<void> | null;
  deploy(bundle: DeploymentBundle): Promise<Checked<{ readonly deployment: Deployment }>>;
  /** Changes the environment's values between deployments; the engine starts again with what is then. */
  changeEnvironment(change: EnvironmentChange): Promise<Checked<{ readonly environment: readonly ValueEntry[] }>>;
  /** What deploying this would do to the data. Changes nothing. */
  preview(bundle: DeploymentBundle): Promise<Checked<{ readonly plan: SchemaPlan }>>;
  /** Deploys the code of an earlier deployment again. */
  rollback(request: RollbackRequest): Promise<Checked<{ readonly deployment: Deployment }>>;
  /** The migration functions that have run. */
  migrations(): Promise<Checked<{ readonly migrations: readonly AppliedMigration[] }>>;
  list(): readonly Deployment[];
  /** The app's module of a deployment; null if it is not kept. */
  bundle(deployment: string): string | null;
}
