import type { BackfillRequest, BackfillResult, MigrateResult, PlanResult } from '@betterbase/engine';
import type { AppliedMigration, AppManifest } from '@betterbase/protocol';

/** What a deployment does to the rest of the switchboard. */
export interface DeploymentStage {
  /** Starts the engine with the code that fits its data, if it is not running. @throws when it does not start. */
  openEngine(): Promise<void>;
  /** Runs this deployment's code and has it take over the data. After a failure the engine is closed. */
  replaceEngine(deployment: string, consent: string | null): Promise<MigrateResult>;
  /** What switching the data to an app would do to it. @throws when the engine does not start. */
  plan(manifest: AppManifest): Promise<PlanResult>;
  /** @throws when the engine does not start. */
  backfill(request: BackfillRequest): Promise<BackfillResult>;
  /** @throws when the engine does not start. */
  appliedMigrations(): Promise<readonly AppliedMigration[]>;
  /** Waits for the turn under way and holds what comes. */
  hold(): Promise<void>;
  release(): void;
  /** Answers of the old code are worth nothing. */
  switched(): void;
  /** Ends the engine; it starts again with the next turn. */
  closeEngine(reason: string): void;
}
