/** What a turn does about jobs: hand out those that are due, run them, note how they ended, forget them. */
import { encodeToJson } from '@betterbase/core';
import type { DocumentWrite } from '../ports/document-store.ts';
import type { FunctionRegistry } from '../run/function-registry.ts';
import type { FinishedRun } from '../run/function-runner.ts';
import { CronRuns } from '../schedule/cron-runs.ts';
import type { CronDefinition } from '../schedule/cron-table.ts';
import { changeJob, type FoundJob, type JobBoard, soonestNew } from '../schedule/job-board.ts';
import { jobLimits } from '../schedule/job-limits.ts';
import { cronTable, type JobState } from '../schedule/job-tables.ts';
import type { TableCatalog } from '../transaction/table-catalog.ts';
import type { TimeSource } from '../transaction/time-source.ts';
import type { FunctionCall, OperationResult, Outcome, TurnRequest } from './turn.ts';

/** A job that is to run soon must not be committed before somebody is sure to look at it. */
export interface GuardWanted {
  readonly do: 'guard';
  /** When the job is to run, ms since 1970. */
  readonly at: number;
}

export interface JobOperationsParts {
  readonly board: JobBoard;
  readonly registry: FunctionRegistry;
  readonly crons: () => Promise<ReadonlyMap<string, CronDefinition>>;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
}

/** The turn that a job is part of. */
export interface JobTurn {
  readonly catalog: TableCatalog;
  readonly times: TimeSource;
  readonly armedAt: TurnRequest['armedAt'];
  readonly run: (call: FunctionCall) => Promise<FinishedRun>;
  /** Commits, and returns the failure if it is refused. */
  readonly commit: (writes: readonly DocumentWrite[], call: FunctionCall | null) => Promise<Extract<Outcome, { ok: false }> | null>;
}

/** An alarm that rings at most this much after a job is due is good enough to stand guard, ms. */
const guardSlack = 30_000;

export class JobOperations {
  readonly #parts: JobOperationsParts;

  constructor(parts: JobOperationsParts) {
    this.#parts = parts;
  }

  /** What must stand before these writes are committed; null when it stands, or nothing is scheduled. */
  guardFor(armedAt: TurnRequest['armedAt'], writes: readonly DocumentWrite[]): GuardWanted | null {
    const due = soonestNew(writes);
    return due === null ? null : this.#guard(armedAt, due);
  }

  /** Brings the runs of cron jobs in line with what the app defines. */
  async adoptCrons(turn: JobTurn): Promise<GuardWanted | null> {
    if (turn.catalog.find(cronTable) === undefined) return null;
    const waiting = await this.#parts.board.cronRuns();
    if (waiting.length === 0 && (await this.#parts.crons()).size === 0) return null;
    const writes = (await this.#cronRuns(turn)).adopt(waiting);
    const guard = this.guardFor(turn.armedAt, writes);
    if (guard === null && writes.length > 0) await turn.commit(writes, null);
    return guard;
  }

  /** Forgets what is old, gives up what is lost, and says which jobs are to run now. */
  async findDue(turn: JobTurn): Promise<OperationResult | GuardWanted> {
    const { board, now } = this.#parts;
    if (turn.catalog.find(cronTable) === undefined) return { do: 'jobs', due: [] };
    const at = now();
    const due = await board.due(at);
    const lost = due.filter(({ job }) => job.state.kind === 'inProgress');
    const forgotten = (await board.forgettable(at)).map(
      ({ table, document, job }): DocumentWrite => ({ table, id: job._id, before: document, after: null }),
    );
    const writes = [...forgotten];
    for (const job of lost)
      writes.push(...(await this.#end(turn, job, { kind: 'failed', error: 'The server stopped, or lost sight of it, while it ran.' })));
    const guard = this.guardFor(turn.armedAt, writes);
    if (guard !== null) return guard;
    if (writes.length > 0) await turn.commit(writes, null);
    return { do: 'jobs', due: due.filter(({ job }) => job.state.kind === 'pending').map(({ job }) => job._id) };
  }

  /** Runs a mutation, or notes that an action begins. A job that does not wait any more is left alone. */
  async run(turn: JobTurn, id: string, requestId: string): Promise<OperationResult | GuardWanted> {
    const { board, registry, now } = this.#parts;
    const found = await board.find(turn.catalog, id);
    if (found === null || found.job.state.kind !== 'pending') return { do: 'job', run: null, start: null };
    const { job } = found;
    const following = found.table === cronTable ? (await this.#cronRuns(turn)).following(job) : null;
    const guard = following === null ? null : this.#guard(turn.armedAt, following.time);
    if (guard !== null) return guard;

    const call: FunctionCall = { path: job.name, args: encodeToJson(job.args[0] ?? {}), identity: null, reach: 'any', requestId, job: id };
    if (registry.kindOf(job.name) === 'action') {
      await turn.commit([changeJob(found, { state: { kind: 'inProgress' }, nextTime: now() + jobLimits.actionLife })], call);
      return { do: 'job', run: null, start: call };
    }
    return await this.#runMutation(turn, found, call);
  }

  /** An action has ended, or a job took the engine down. */
  async finish(turn: JobTurn, id: string, error: string | null): Promise<OperationResult | GuardWanted> {
    const found = await this.#parts.board.find(turn.catalog, id);
    if (found === null || found.job.isOver) return { do: 'done' };
    const writes = await this.#end(turn, found, error === null ? { kind: 'success' } : { kind: 'failed', error });
    const guard = this.guardFor(turn.armedAt, writes);
    if (guard !== null) return guard;
    await turn.commit(writes, null);
    return { do: 'done' };
  }

  /** Its writes and the word that they are done are one commit: that is what makes it happen exactly once. */
  async #runMutation(turn: JobTurn, found: FoundJob, call: FunctionCall): Promise<OperationResult | GuardWanted> {
    const timeBefore = turn.times.last;
    const { outcome, writes, report } = await turn.run(call);
    const guard = this.guardFor(turn.armedAt, writes);
    if (guard !== null) {
      turn.times.reset(timeBefore);
      return guard;
    }
    const done = outcome.ok ? await turn.commit([...writes, ...(await this.#end(turn, found, { kind: 'success' }))], call) : outcome;
    if (done === null) return { do: 'job', run: { call, outcome, report: { ...report, rowsWritten: writes.length } }, start: null };
    await turn.commit(await this.#end(turn, found, { kind: 'failed', error: done.error.message }), call);
    return { do: 'job', run: { call, outcome: done, report }, start: null };
  }

  async #end(turn: JobTurn, found: FoundJob, state: JobState): Promise<readonly DocumentWrite[]> {
    const now = this.#parts.now();
    const over = { state, completedTime: now, isOver: true } as const;
    if (found.table !== cronTable) return [changeJob(found, { ...over, nextTime: now + jobLimits.kept })];
    const runs = await this.#cronRuns(turn);
    return [changeJob(found, { ...over, nextTime: now + runs.keptFor(found.job) }), ...runs.follow(found.job)];
  }

  async #cronRuns({ catalog, times }: JobTurn): Promise<CronRuns> {
    const { crons, now, randomBytes } = this.#parts;
    return new CronRuns({ table: catalog.getSystem(cronTable), definitions: await crons(), times, now: now(), randomBytes });
  }

  #guard(armedAt: TurnRequest['armedAt'], due: number): GuardWanted | null {
    if (armedAt === undefined) return null;
    const isGuarded = armedAt !== null && armedAt <= Math.max(due, this.#parts.now() + guardSlack);
    return isGuarded ? null : { do: 'guard', at: due };
  }
}
