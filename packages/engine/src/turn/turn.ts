/**
 * What the switchboard asks of the engine and gets back: one turn, one call.
 *
 * Operations run in order, each mutation committing or failing by itself. After the last one, pinned queries that the
 * commits touched run again, once, so every answer in a result is as of the result's `version`. Plain data only: a turn
 * crosses isolates. Result values are JSON text made once and never parsed on the way to the client.
 */
import type { AppliedMigration, AppManifest, LogLine, SchemaChange, SchemaPlan, WireError } from '@betterbase/protocol';
import type { MoveOutcome, MoveRequest } from '../move/move-operation.ts';
import type { BackfillRequest, BackfillResult } from './backfill-request.ts';
import type { RequestKey, StoredOutcome } from '../ports/document-store.ts';

/** Who is calling, as far as functions may know. Null: nobody signed in. */
export interface Identity {
  readonly tokenIdentifier: string;
  readonly subject: string;
  readonly issuer: string;
  readonly [claim: string]: unknown;
}

/** Where a request comes from, as far as the gateway sees. */
export interface RequestOrigin {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

export interface FunctionCall {
  /** Canonical: `queries/todos:list`. */
  readonly path: string;
  /** JSON text of the encoded argument object. */
  readonly args: string;
  readonly identity: Identity | null;
  /** `public`: the caller is outside, internal functions do not exist for it. */
  readonly reach: 'public' | 'any';
  readonly requestId: string;
  /** The job that this call is, or is made by. */
  readonly job?: string;
  /** Absent: it came over a socket, or by itself. */
  readonly origin?: RequestOrigin;
}

export type TurnOperation =
  /** Runs a query as live query `query` (a number the switchboard chose and that names this call from now on). */
  | {
      readonly do: 'query';
      readonly query: number;
      readonly call: FunctionCall;
      readonly pinned: boolean;
      /** What an earlier answer to the same call had as `journal`: its pages keep their ends. */
      readonly journal?: string;
    }
  /** From now on a commit that touches it makes it run again (true) or be reported stale and forgotten (false). */
  | { readonly do: 'pin'; readonly query: number; readonly pinned: boolean }
  /** Nobody holds its answer any more. */
  | { readonly do: 'forget'; readonly query: number }
  /** Puts up to `most` of the pinned queries on disk, as they are now, for when this life of the engine ends. */
  | { readonly do: 'keep'; readonly most: number }
  /** Which of these queries are known from an earlier life? `isAll`: the others that are known are wanted no more. The first operation of a life. */
  | { readonly do: 'resume'; readonly queries: readonly number[]; readonly isAll: boolean }
  | { readonly do: 'mutation'; readonly request: RequestKey; readonly call: FunctionCall }
  /** The client holds its outcomes up to this id. */
  | { readonly do: 'forget-outcomes'; readonly session: string; readonly upTo: number }
  /** Drops every outcome recorded before this time (ms): whoever could ask for it again is refused by now. */
  | { readonly do: 'sweep-outcomes'; readonly before: number }
  /** Have others written to the database? What their writes touch comes as after a commit. */
  | { readonly do: 'look' }
  /** Which jobs are to run now? */
  | { readonly do: 'jobs' }
  /** Runs a job if it still waits. */
  | { readonly do: 'job'; readonly job: string; readonly requestId: string }
  /** An action that was a job has ended, or a job cannot be run: `error` says why. */
  | { readonly do: 'job-finished'; readonly job: string; readonly error: string | null }
  /** One step of an export or an import. */
  | { readonly do: 'move'; readonly request: MoveRequest };

export interface TurnRequest {
  /**
   * The engine instance whose live queries the caller knows; null when it knows none but those that are kept, and the engine
   * then forgets all others.
   */
  readonly boot: string | null;
  readonly deployment: string;
  readonly operations: readonly TurnOperation[];
  /**
   * When the caller is sure to be woken, even if everything stops now; null: never. The engine commits no job without
   * somebody who will look at it in time. Absent: the caller sees to that itself.
   */
  readonly armedAt?: number | null;
  /** Others may begin before it is known whether its commits have happened. Has its effect where that takes long. */
  readonly mayOverlap?: boolean;
  /** The caller does not listen to what becomes of live queries: those that are kept and touched stay stale until it does. */
  readonly isAlone?: boolean;
}

/** How one run went, for the logs. */
export interface RunReport {
  readonly path: string;
  readonly milliseconds: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly lines: readonly LogLine[];
  readonly stack?: string;
}

export type Outcome = (
  | { readonly ok: true /** JSON text of the encoded result. */; readonly value: string }
  | { readonly ok: false; readonly error: WireError }
) & {
  /** What the function printed, where callers are to be told. */
  readonly lines?: readonly LogLine[];
};

export interface Answer {
  readonly query: number;
  readonly outcome: Outcome;
  /** Equal hashes: equal outcomes. */
  readonly hash: string;
  /** True if the run asked who is calling: the answer is for this identity only. */
  readonly readIdentity: boolean;
  /** True if the run read time or chance: the answer may be reused for 5 s at most. */
  readonly readClock: boolean;
  /** Where the pages in it end, if it has pages. Kept by the engine while the query lives; the client brings it back later. */
  readonly journal?: string;
  readonly report: RunReport;
}

export type OperationResult =
  | { readonly do: 'query'; readonly answer: Answer }
  | { readonly do: 'mutation'; readonly outcome: Outcome; readonly version: number; readonly replayed: boolean; readonly report: RunReport }
  /** Of the queries asked for, those that are not known. */
  | { readonly do: 'resumed'; readonly unknown: readonly number[] }
  /** Documents that others were found to have changed, and rows of theirs that were taken back, since the last look. */
  | { readonly do: 'looked'; readonly changed: number; readonly refused: number }
  | { readonly do: 'jobs'; readonly due: readonly string[] }
  | {
      readonly do: 'job';
      /** A mutation that has run. Both are null when the job did not wait any more. */
      readonly run: { readonly call: FunctionCall; readonly outcome: Outcome; readonly report: RunReport } | null;
      /** An action that is to be run now, once. */
      readonly start: FunctionCall | null;
    }
  | { readonly do: 'move'; readonly outcome: MoveOutcome }
  | { readonly do: 'done' };

export type TurnResult =
  /** The engine is not the one that `boot` names. Nothing was run; every live query the caller knew is gone. */
  | { readonly state: 'restarted'; readonly boot: string; readonly version: number; readonly deployment: string | null }
  | {
      readonly state: 'done';
      readonly boot: string;
      readonly version: number;
      /** One for each operation, in order; fewer when the engine stopped early (time, size of the answer): the rest was not run. */
      readonly results: readonly OperationResult[];
      /** Pinned queries whose outcome changed. */
      readonly refreshed: readonly Answer[];
      /** Touched queries that were not answered anew, because they are not pinned or the turn had used enough: the engine has forgotten them. */
      readonly stale: readonly number[];
      /** The first operation without a result schedules something for then: it is to be sent again once `armedAt` covers that. */
      readonly guard?: number;
      /** When the engine has something to do next, ms since 1970; null: never. */
      readonly wakeAt: number | null;
      /** How many pinned queries are not on disk as they are now. */
      readonly unkept: number;
      /** The next turn is told in the same moment, and what is told here may show what it did. */
      readonly isFollowed?: boolean;
    };

/** What the engine says when it starts. */
export interface EngineStatus {
  readonly boot: string;
  readonly version: number;
  /** Whose schema the data has. Null before the first deployment. */
  readonly deployment: string | null;
  /** As in `TurnResult`. */
  readonly wakeAt: number | null;
  /** Commits take so long that turns had better overlap. */
  readonly overlaps: boolean;
}

/** What the switchboard needs of an engine, however it is hosted. */
export interface EngineDoor {
  status(): Promise<EngineStatus>;
  /** What switching the data to an app would do to it. Changes nothing. */
  plan(app: PlannedApp): Promise<PlanResult>;
  /** Changes documents for a deployment that is to come, a few at a time. */
  backfill(request: BackfillRequest): Promise<BackfillResult>;
  /**
   * Switches data and schema to the deployment whose code this engine instance runs. Where that takes something from
   * documents it needs `consent`: that of the plan.
   */
  migrate(deployment: string, consent?: string | null): Promise<MigrateResult>;
  /** The migration functions that have run, oldest first. */
  appliedMigrations(): Promise<readonly AppliedMigration[]>;
  turn(request: TurnRequest): Promise<TurnResult>;
  /**
   * Whether another turn, of mutations, pins and forgetting alone, may begin beside the newest, which `mayOverlap`. Answered
   * when that has run what it was asked to; false when it stopped early, or has ended.
   */
  mayFollow(): Promise<boolean>;
  /** Outcomes of commits above a version: what a lost call had done. */
  outcomesSince(version: number): Promise<readonly StoredOutcome[]>;
  /**
   * Stores a failure as the outcome of a mutation that took the engine down, so that sending it again does not run it
   * again. A mutation that has an outcome keeps it. Returns the outcome that stands.
   */
  recordFailure(request: RequestKey, identity: Identity | null, error: WireError): Promise<Outcome>;
}

/** What an app means for the data. */
export type PlannedApp = Pick<AppManifest, 'schema' | 'migrations'>;

export type PlanResult = { readonly ok: true; readonly plan: SchemaPlan } | { readonly ok: false; readonly error: WireError };

export type MigrateResult =
  | {
      readonly ok: true;
      readonly version: number;
      readonly changes: readonly SchemaChange[] /** As in `TurnResult`. */;
      readonly wakeAt: number | null;
    }
  | { readonly ok: false; readonly error: WireError };
