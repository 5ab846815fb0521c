import { BetterBaseError, isBetterBaseError } from '@betterbase/core';
import type {
  BackfillRequest,
  BackfillResult,
  EngineDoor,
  EngineStatus,
  Identity,
  MigrateResult,
  Outcome,
  PlanResult,
  RequestKey,
  StoredOutcome,
  TurnOperation,
  TurnRequest,
  TurnResult,
} from '@betterbase/engine';
import type { AppliedMigration, AppManifest, WireError } from '@betterbase/protocol';
import type { EngineHost } from '../host/engine-host.ts';
import type { Deadline } from './deadline.ts';
import { type Recovered, recover } from './recovery.ts';

/** Opening the engine is tried this often. */
const startAttempts = 3;

/** Which code belongs to the project's data. */
export interface CodeBook {
  /** Comes before every other question. */
  load(): Promise<void>;
  /** The deployment whose code is to run, as far as we know; null before the first. */
  deployment(): string | null;
  /**
   * The engine says whose schema its data has, and it is not `deployment()`. Returns the deployment whose code is to run
   * now: another one (it is started), the same (it migrates), or null (nothing can run).
   */
  adopt(stored: string | null): string | null;
  /** The engine runs this deployment's code, and its data has that schema. */
  confirm(deployment: string): void;
  /** What somebody agreed to lose when an engine that starts has to migrate. */
  consent(): string | null;
}

export interface JobKeeper {
  /** When the alarm is sure to ring, ms since 1970. */
  readonly armedAt: number | null;
  /** Makes sure of it for something that is due then. @throws when that cannot be done. */
  guard(due: number): Promise<void>;
  /** The engine said when it has something to do next. */
  wantedAt(wakeAt: number | null): void;
}

export interface EngineLinkParts {
  readonly host: EngineHost;
  readonly code: CodeBook;
  readonly deadline: Deadline;
  /** Migrating checks every document, so it may take longer. */
  readonly migrationDeadline: Deadline;
  /** What must be done with a freshly opened engine before it gets calls. `hasMigrated`: other code runs than was thought. */
  readonly prepare: (engine: EngineLink, hasMigrated: boolean) => Promise<void>;
  /** Whoever sees to it that jobs run when they are due. */
  readonly jobs: JobKeeper;
  /** A call was lost; it is being made good for. */
  readonly onLost: (failure: unknown) => void;
}

export type EngineTurn =
  | Extract<TurnResult, { state: 'done' }>
  /** Nothing was run, and live queries known before are gone. */
  | { readonly state: 'restarted' }
  /** The call was lost and made good for; live queries known before are gone. */
  | Recovered;

/**
 * The line to the engine.
 *
 * Holds: whether the engine runs, under which deployment, at which version, and which of its lives we know (`boot`).
 * Does not hold: calls, live queries.
 * Always true: calls come to their ends in the order in which they were made; one that fails or is late ends that life of the
 * engine, and is made good for before anything is said of those behind it.
 */
export class EngineLink {
  readonly #parts: EngineLinkParts;
  #door: EngineDoor | null = null;
  #deployment = '';
  #boot: string | null = null;
  #version = 0;
  #overlaps = false;
  /** The newest turn that is under way. Never rejects. */
  #last: Promise<unknown> | null = null;

  constructor(parts: EngineLinkParts) {
    this.#parts = parts;
  }

  get version(): number {
    return this.#version;
  }

  get isOpen(): boolean {
    return this.#door !== null;
  }

  /**
   * Starts the engine with the code that fits its data.
   *
   * @throws BetterBaseError `project/not-deployed`, `engine/unavailable`
   */
  async open(): Promise<void> {
    if (this.#door !== null) return;
    const { code, prepare } = this.#parts;
    await code.load();
    const wanted = code.deployment();
    if (wanted === null) throw notDeployed();
    const { deployment: stored } = await this.#startPatiently(wanted);
    if (stored !== wanted) await this.#fit(wanted, code.adopt(stored));
    code.confirm(this.#deployment);
    await prepare(this, stored !== wanted);
  }

  /** Whether turns may overlap: then commits take long, and what the engine knows of live queries is known. */
  get overlaps(): boolean {
    return this.#overlaps && this.#boot !== null;
  }

  /** @param mayOverlap others may be asked for before this has ended, if `mayFollow` */
  turn(operations: readonly TurnOperation[], mayOverlap = false): Promise<EngineTurn> {
    const turn = this.#carryOut(operations, mayOverlap, this.#last);
    const end = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#last = end;
    void end.then(() => {
      if (this.#last === end) this.#last = null;
    });
    return turn;
  }

  /** Whether another turn may begin beside the newest. Never rejects. */
  async mayFollow(): Promise<boolean> {
    try {
      return await this.#call((door) => door.mayFollow());
    } catch {
      // What became of the turn is the answer.
      return false;
    }
  }

  async #carryOut(operations: readonly TurnOperation[], mayOverlap: boolean, before: Promise<unknown> | null): Promise<EngineTurn> {
    const versionBefore = this.#version;
    const door = this.#door;
    let result: TurnResult;
    try {
      result = await this.#turn({ boot: this.#boot, deployment: this.#deployment, operations, ...(mayOverlap ? { mayOverlap } : {}) });
      if (before !== null) await before;
      if (this.#door !== door) throw new Error('The engine was lost by a call before this one.');
    } catch (failure) {
      await before;
      this.#parts.onLost(failure);
      return await recover(this, { versionBefore, operations, failure });
    }
    this.#version = result.version;
    if (result.state === 'done') {
      this.#boot = result.boot;
      await this.#guard(result);
      return result;
    }
    this.#boot = null;
    if (result.deployment !== this.#deployment) this.close('The data belongs to another deployment.');
    return { state: 'restarted' };
  }

  /** Runs one operation, and hears nothing of live queries. */
  async turnAlone(operation: TurnOperation): Promise<TurnResult> {
    const request: TurnRequest = { boot: null, deployment: this.#deployment, operations: [operation], isAlone: true };
    let result = await this.#turn(request);
    if (await this.#guard(result)) result = await this.#turn(request);
    this.#version = result.version;
    return result;
  }

  async #turn(request: TurnRequest): Promise<TurnResult> {
    const { jobs } = this.#parts;
    const result = await this.#call((door) => door.turn({ ...request, armedAt: jobs.armedAt }));
    if (result.state === 'done') jobs.wantedAt(result.wakeAt);
    return result;
  }

  /** If the turn ended because it would have scheduled something, the alarm stands when this returns true, and its rest can be sent again. */
  async #guard(result: TurnResult): Promise<boolean> {
    if (result.state !== 'done' || result.guard === undefined) return false;
    await this.#parts.jobs.guard(result.guard);
    return true;
  }

  /** Ends this life of the engine and begins the next. @throws when it does not begin. */
  async restart(reason: string): Promise<void> {
    this.close(reason);
    await this.#start(this.#deployment);
  }

  outcomesSince(version: number): Promise<readonly StoredOutcome[]> {
    return this.#call((door) => door.outcomesSince(version));
  }

  recordFailure(request: RequestKey, identity: Identity | null, error: WireError): Promise<Outcome> {
    return this.#call((door) => door.recordFailure(request, identity, error));
  }

  /** Runs another deployment's code from now on and has it take over the data. When that fails the engine is closed. */
  async replace(deployment: string, consent: string | null = null): Promise<MigrateResult> {
    this.close('A new deployment takes over.');
    try {
      await this.#start(deployment);
      const migrated = await this.#migrate(deployment, consent);
      if (!migrated.ok) this.close('The new deployment was refused.');
      return migrated;
    } catch (failure) {
      this.close('The new deployment did not start.');
      throw failure;
    }
  }

  plan(manifest: AppManifest): Promise<PlanResult> {
    return this.#call((door) => door.plan(manifest));
  }

  backfill(request: BackfillRequest): Promise<BackfillResult> {
    return this.#call((door) => door.backfill(request));
  }

  appliedMigrations(): Promise<readonly AppliedMigration[]> {
    return this.#call((door) => door.appliedMigrations());
  }

  /** Ends the engine; the next `open` starts it again. */
  close(reason: string): void {
    this.#door = null;
    this.#boot = null;
    this.#parts.host.abort(reason);
  }

  /** The engine runs `wanted`, and the data wants `fitting`. */
  async #fit(wanted: string, fitting: string | null): Promise<void> {
    const { code } = this.#parts;
    if (fitting === wanted) {
      const migrated = await this.#migrate(wanted, code.consent());
      if (migrated.ok) return;
      this.close('The schema could not be migrated.');
      throw new BetterBaseError(migrated.error.code, migrated.error.message, { details: migrated.error.details });
    }
    this.close('Another deployment fits the data.');
    if (fitting === null) throw notDeployed();
    const { deployment: stored } = await this.#startPatiently(fitting);
    if (stored === fitting) return;
    this.close('The engine runs under another deployment than its data.');
    throw unavailable();
  }

  async #migrate(deployment: string, consent: string | null): Promise<MigrateResult> {
    if (this.#door === null) throw unavailable();
    const migrated = await this.#parts.migrationDeadline.guard(this.#door.migrate(deployment, consent));
    if (!migrated.ok) return migrated;
    this.#version = migrated.version;
    // The deployment is not confirmed before its cron jobs are sure to run.
    if (migrated.wakeAt !== null) await this.#parts.jobs.guard(migrated.wakeAt);
    this.#parts.jobs.wantedAt(migrated.wakeAt);
    return migrated;
  }

  async #startPatiently(deployment: string): Promise<EngineStatus> {
    for (let tried = 1; ; tried++) {
      try {
        return await this.#start(deployment);
      } catch (cause) {
        this.#parts.onLost(cause);
        if (tried === startAttempts) throw isDatabaseError(cause) ? cause : unavailable(cause);
      }
    }
  }

  async #start(deployment: string): Promise<EngineStatus> {
    const door = this.#parts.host.start(deployment);
    try {
      const status = await this.#parts.deadline.guard(door.status());
      this.#door = door;
      this.#deployment = deployment;
      this.#boot = null;
      this.#version = status.version;
      this.#overlaps = status.overlaps;
      this.#parts.jobs.wantedAt(status.wakeAt);
      return status;
    } catch (failure) {
      this.#parts.host.abort('The engine did not start.');
      throw failure;
    }
  }

  #call<T>(act: (door: EngineDoor) => Promise<T>): Promise<T> {
    if (this.#door === null) return Promise.reject(unavailable());
    return this.#parts.deadline.guard(act(this.#door));
  }
}

function notDeployed(): BetterBaseError {
  return new BetterBaseError('project/not-deployed', 'This project has no deployment yet.', {
    hint: 'Run `bb deploy` or `bb dev` in the app’s folder.',
  });
}

/** Of a database elsewhere: whoever asks can do more about it than about an engine that does not start. */
function isDatabaseError(cause: unknown): boolean {
  return isBetterBaseError(cause) && cause.code.startsWith('provider/');
}

function unavailable(cause?: unknown): BetterBaseError {
  return new BetterBaseError('engine/unavailable', 'The project’s engine does not start.', { hint: 'Try again in a moment.', cause });
}
