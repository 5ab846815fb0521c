/**
 * What to do when a call to the engine is lost: it failed, or it is late, and nobody knows how far it came.
 *
 * The engine is restarted and asked which mutations of the batch had committed. What had is answered with its outcome; the
 * rest is run one by one in order. What then fails alone is what took the engine down: a mutation gets a stored failure, so
 * that it is never run again, and a query is reported as `poisonous`.
 */
import { isBetterBaseError } from '@betterbase/core';
import {
  decodeOutcome,
  type FunctionCall,
  type Identity,
  type OperationResult,
  type Outcome,
  type RequestKey,
  type RunReport,
  type StoredOutcome,
  type TurnOperation,
  type TurnResult,
} from '@betterbase/engine';
import type { WireError } from '@betterbase/protocol';
import { Overrun } from './deadline.ts';

/** The engine as recovery handles it. Every promise may fail. */
export interface Patient {
  readonly version: number;
  restart(reason: string): Promise<void>;
  outcomesSince(version: number): Promise<readonly StoredOutcome[]>;
  turnAlone(operation: TurnOperation): Promise<TurnResult>;
  recordFailure(request: RequestKey, identity: Identity | null, error: WireError): Promise<Outcome>;
}

export interface LostCall {
  /** The version before the call. */
  readonly versionBefore: number;
  readonly operations: readonly TurnOperation[];
  readonly failure: unknown;
}

export type RecoveredResult =
  | OperationResult
  /** The engine does not come up. Whether a mutation has committed is unknown; asking again with its id will tell. */
  | { readonly do: 'unavailable' }
  /** A query that takes the engine down. */
  | { readonly do: 'poisonous'; readonly error: WireError };

export interface Recovered {
  readonly state: 'recovered';
  /** One for each operation, in order. */
  readonly results: readonly RecoveredResult[];
}

/** Restarting is tried this often before the engine counts as unavailable. */
const restartAttempts = 3;
/** So often an operation is run whose engine ends for no fault of its own. */
const blamelessAttempts = 5;

/** Never fails. */
export async function recover(engine: Patient, lost: LostCall): Promise<Recovered> {
  const known = { engine, since: lost.versionBefore, committed: new Map<string, StoredOutcome>() };
  const isStarted = await restartAndAsk(known, lost.failure);
  if (!isStarted) return { state: 'recovered', results: lost.operations.map(() => ({ do: 'unavailable' })) };

  const results: RecoveredResult[] = [];
  let isUp = true;
  for (const operation of lost.operations) {
    const result: RecoveredResult = isUp ? await perform(known, operation) : answerDown(known, operation);
    if (result.do === 'unavailable') isUp = false;
    results.push(result);
  }
  return { state: 'recovered', results };
}

async function perform(known: Known, operation: TurnOperation): Promise<RecoveredResult> {
  switch (operation.do) {
    case 'mutation': {
      const stored = outcomeOf(known, operation);
      return stored === undefined ? await runMutation(known, operation) : replayed(stored, operation.call);
    }
    case 'query':
      return await runQuery(known, operation);
    // Pins and forgetting spoke about live queries that are gone; outcomes not forgotten now are swept by their age.
    case 'pin':
    case 'forget':
    case 'keep':
    case 'resume':
    case 'forget-outcomes':
    case 'sweep-outcomes':
    // A new engine has looked.
    case 'look':
    // Whoever asked which jobs are due asks again.
    case 'jobs':
      return { do: 'done' };
    case 'job':
    case 'job-finished':
      return await runJob(known, operation);
    case 'move':
      return await runMove(known, operation);
    default:
      return operation satisfies never;
  }
}

async function runMutation(known: Known, operation: Mutation): Promise<RecoveredResult> {
  const { engine } = known;
  const run = await runAlone(known, operation);
  if (run.state !== 'fatal') return run.state === 'done' ? run.result : { do: 'unavailable' };

  const { request, call } = operation;
  const error = tookEngineDown(call, run.failure);
  let recorded = await attempt(() => engine.recordFailure(request, call.identity, error));
  if (!recorded.ok) {
    if (!(await restartAndAsk(known, recorded.failure))) return { do: 'unavailable' };
    recorded = await attempt(() => engine.recordFailure(request, call.identity, error));
    if (!recorded.ok) return { do: 'unavailable' };
  }
  return { do: 'mutation', outcome: recorded.value, version: engine.version, replayed: false, report: emptyReport(call) };
}

async function runQuery(known: Known, operation: Extract<TurnOperation, { do: 'query' }>): Promise<RecoveredResult> {
  const run = await runAlone(known, { ...operation, pinned: false });
  if (run.state !== 'fatal') return run.state === 'done' ? run.result : { do: 'unavailable' };
  return { do: 'poisonous', error: tookEngineDown(operation.call, run.failure) };
}

/** Its state says whether a job has run, so it can be sent again. One that fails alone is what took the engine down. */
async function runJob(known: Known, operation: Extract<TurnOperation, { do: 'job' | 'job-finished' }>): Promise<RecoveredResult> {
  const run = await runAlone(known, operation);
  if (run.state !== 'fatal') return run.state === 'done' ? run.result : { do: 'unavailable' };
  if (operation.do === 'job-finished') return { do: 'done' };
  const { message } = tookEngineDown({ path: `job ${operation.job}`, requestId: operation.requestId }, run.failure);
  const failed = await attempt(() => known.engine.turnAlone({ do: 'job-finished', job: operation.job, error: message }));
  return failed.ok ? onlyResult(failed.value) : { do: 'unavailable' };
}

/** Every step can be taken again. One that fails alone is too much for one call. */
async function runMove(known: Known, operation: Extract<TurnOperation, { do: 'move' }>): Promise<RecoveredResult> {
  const run = await runAlone(known, operation);
  if (run.state !== 'fatal') return run.state === 'done' ? run.result : { do: 'unavailable' };
  const how = run.failure instanceof Overrun ? 'takes longer than one call may' : 'is more than the engine can do in one call';
  const error: WireError = {
    code: 'import/too-large',
    message: `This step (${operation.request.move}) ${how}. Nothing of it was kept.`,
    hint: 'Import with --batched, which commits as it goes, or table by table.',
  };
  return { do: 'move', outcome: { ok: false, error } };
}

type RunAlone =
  | { readonly state: 'done'; readonly result: RecoveredResult }
  | { readonly state: 'unavailable' }
  /** It ended the engine, which runs again. */
  | { readonly state: 'fatal'; readonly failure: unknown };

/** Runs one operation, and again while it is not to blame for the loss. A mutation that has committed is not run again. */
async function runAlone(known: Known, operation: TurnOperation): Promise<RunAlone> {
  for (let tried = 0; tried < blamelessAttempts; tried++) {
    const run = await attempt(() => known.engine.turnAlone(operation));
    if (run.ok) return { state: 'done', result: onlyResult(run.value) };
    if (!(await restartAndAsk(known, run.failure))) return { state: 'unavailable' };
    const stored = operation.do === 'mutation' ? outcomeOf(known, operation) : undefined;
    if (stored !== undefined && operation.do === 'mutation') return { state: 'done', result: replayed(stored, operation.call) };
    if (!isBlameless(run.failure)) return { state: 'fatal', failure: run.failure };
  }
  return { state: 'unavailable' };
}

/** Whether the engine ended because of its database: somebody else had committed, or the connection was lost. */
function isBlameless(failure: unknown): boolean {
  return isBetterBaseError(failure) && (failure.code === 'commit/conflict' || failure.code.startsWith('provider/'));
}

type Mutation = Extract<TurnOperation, { do: 'mutation' }>;

/** What is known of a lost call. What it had sent to a database elsewhere may arrive there later, until something else is committed. */
interface Known {
  readonly engine: Patient;
  /** The version before the call. */
  readonly since: number;
  /** Outcomes of calls that only their batch remembers, by request id, as of the newest time that was asked. */
  readonly committed: Map<string, StoredOutcome>;
}

/** False when the engine does not come up. */
async function restartAndAsk({ engine, since, committed }: Known, failure: unknown): Promise<boolean> {
  for (let tried = 0; tried < restartAttempts; tried++) {
    const asked = await attempt(async () => {
      await engine.restart(`A call to the engine was lost: ${describe(failure)}`);
      return await engine.outcomesSince(since);
    });
    if (!asked.ok) continue;
    for (const stored of asked.value) if (stored.request.session === null) committed.set(stored.request.id, stored);
    return true;
  }
  return false;
}

function answerDown(known: Known, operation: TurnOperation): RecoveredResult {
  const stored = operation.do === 'mutation' ? outcomeOf(known, operation) : undefined;
  return stored !== undefined && operation.do === 'mutation' ? replayed(stored, operation.call) : { do: 'unavailable' };
}

function onlyResult(turn: TurnResult): RecoveredResult {
  return (turn.state === 'done' ? turn.results[0] : undefined) ?? { do: 'unavailable' };
}

function replayed(stored: StoredOutcome, call: FunctionCall): OperationResult {
  return { do: 'mutation', outcome: decodeOutcome(stored.outcome), version: stored.version, replayed: true, report: emptyReport(call) };
}

function emptyReport(call: FunctionCall): RunReport {
  return { path: call.path, milliseconds: 0, rowsRead: 0, rowsWritten: 0, lines: [] };
}

/** The failure of a function that ended the engine, twice: in its batch and alone. */
function tookEngineDown(call: Pick<FunctionCall, 'path' | 'requestId'>, failure: unknown): WireError {
  const how = failure instanceof Overrun ? 'did not finish in time' : 'made the engine stop';
  return {
    code: 'function/timed-out',
    message: `\`${call.path}\` ${how}, also when it ran alone. It was ended, and nothing it did was kept.`,
    hint: 'Look for a loop that never ends, or for work too large for one call.',
    requestId: call.requestId,
  };
}

/** A mutation with a session is sent again instead: the engine replays its outcome to whom it belongs. */
function outcomeOf({ committed }: Known, { request }: Mutation): StoredOutcome | undefined {
  return request.session === null ? committed.get(request.id) : undefined;
}

function describe(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: unknown };

async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (failure) {
    return { ok: false, failure };
  }
}
