import {
  type AuditedRefusals,
  BetterBaseError,
  decodeFromJson,
  encodeToJson,
  getFunctionName,
  parseFunctionPath,
  type ProjectLimits,
  type ValidationContext,
  type Value,
} from '@betterbase/core';
import { isIdOf } from '../database/database-reader.ts';
import { type AsCaller, DatabaseReader } from '../database/database-reader.ts';
import { DatabaseWriter } from '../database/database-writer.ts';
import type { PolicySet } from '../policy/policy-set.ts';
import { Refusals } from '../policy/refusals.ts';
import { UserView } from '../policy/user-view.ts';
import type { DocumentWrite } from '../ports/document-store.ts';
import { Scheduler } from '../schedule/scheduler.ts';
import type { ReadSet } from '../transaction/read-set.ts';
import type { TableCatalog } from '../transaction/table-catalog.ts';
import type { TimeSource } from '../transaction/time-source.ts';
import { Transaction, type TransactionStore } from '../transaction/transaction.ts';
import { overTime } from '../transaction/usage-limits.ts';
import type { FunctionCall, Outcome, RunReport } from '../turn/turn.ts';
import { checkArguments, checkResult, decodeArguments, encodeResult } from './call-values.ts';
import { FunctionMeta } from './function-meta.ts';
import { limitWarnings } from './limit-warnings.ts';
import type { AppFunction, FunctionRegistry } from './function-registry.ts';
import { enterGuestRun, type HostGlobals } from './guest-globals.ts';
import { limitsFrom, readCallOptions } from './call-options.ts';
import { LogLines } from './log-lines.ts';
import { pageArguments } from './page-arguments.ts';
import { onFirstUse } from './on-first-use.ts';
import { SeededRandom } from './seeded-random.ts';
import { SettleWatch } from './settle.ts';
import { toFailure } from './wire-failure.ts';

export interface RunnerParts {
  readonly registry: FunctionRegistry;
  readonly store: TransactionStore;
  readonly limits: ProjectLimits;
  readonly host: HostGlobals;
  /** Plain errors' messages reach callers only then. */
  readonly isDevelopment: boolean;
  /** What the project is called. */
  readonly project: string;
  /** Made when somebody acts as a user. */
  readonly policies: () => PolicySet;
  readonly auditLog: AuditedRefusals;
  /** How many jobs are committed and not over. */
  readonly outstanding: () => Promise<number>;
}

/** A run that is over, before anything of it is committed. */
export interface FinishedRun {
  readonly outcome: Outcome;
  readonly reads: ReadSet;
  /** Empty unless the outcome is ok. */
  readonly writes: readonly DocumentWrite[];
  /** What they weigh. */
  readonly bytesWritten: number;
  readonly readIdentity: boolean;
  readonly readClock: boolean;
  /** It read or wrote as its caller may, so its caller is told no more than that. */
  readonly actsAsUser: boolean;
  /** Where its pages end, or did in an earlier run; null if it has none. */
  readonly journal: string | null;
  readonly report: RunReport;
  /** If there are any, they are to be made, and the function is to run again. */
  readonly missingTables: ReadonlySet<string>;
}

/** What is the same for a function and the ones it calls inside its transaction. */
interface Frame {
  readonly call: FunctionCall;
  readonly transaction: Transaction;
  readonly values: ValidationContext;
  readonly reader: DatabaseReader;
  readonly writer: DatabaseWriter | null;
  /** What the caller may see of a transaction. */
  readonly acting: (seen: Transaction) => AsCaller;
  readonly asCaller: AsCaller;
  readonly scheduler: Scheduler | null;
  readonly auth: { getUserIdentity(): Promise<unknown>; readonly userId: string | null };
}

/**
 * Runs queries and mutations, one at a time, each to its end.
 *
 * Does not hold: versions, subscribers, outcomes. It decides nothing about commits.
 * Always true: a run that failed has no writes; whatever was thrown comes back as data.
 */
export class FunctionRunner {
  readonly #parts: RunnerParts;
  readonly #watch: SettleWatch;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#watch = new SettleWatch(parts.host);
  }

  /** Call it when no more runs follow for now. */
  rest(): void {
    this.#watch.rest();
  }

  async run(
    kind: 'query' | 'mutation',
    call: FunctionCall,
    catalog: TableCatalog,
    times: TimeSource,
    journal: string | null = null,
  ): Promise<FinishedRun> {
    const { registry, store, limits, host, isDevelopment, auditLog } = this.#parts;
    const startedAt = host.now();
    const timeBefore = times.last;
    store.runBegins?.();
    const transaction = new Transaction({ store, catalog, limits, journal, clock: { now: host.now, startedAt } });
    const log = new LogLines(limits);
    const refusals = auditLog === false ? null : new Refusals(auditLog === 'all');
    const reads = { identity: false, clock: false, refusals };
    let outcome: Outcome = { ok: true, value: 'null' };
    let stack: { readonly stack?: string } = {};
    let scheduler: Scheduler | null = null;
    let awaited = 0;
    const fail = (thrown: unknown): void => {
      const failure = toFailure(thrown, { path: call.path, requestId: call.requestId, isDevelopment });
      outcome = { ok: false, error: failure.error };
      stack = failure.stack === undefined ? {} : { stack: failure.stack };
    };
    try {
      const target = registry.find(call.path, kind, call.reach);
      const frame = this.#frame(kind, call, transaction, times, startedAt, reads);
      ({ scheduler } = frame);
      const args = checkArguments(
        target,
        pageArguments(target, decodeArguments(target, call.args, limits), transaction.pages),
        frame.values,
      );
      enterGuestRun({
        path: call.path,
        now: startedAt,
        random: onFirstUse(() => new SeededRandom(host.randomBytes(16))),
        onReadClock: () => {
          reads.clock = true;
        },
        waitFor: async (promise) => {
          awaited++;
          try {
            return await promise;
          } finally {
            awaited--;
          }
        },
        log: (level, parts) => log.add(level, parts),
      });
      const result = await this.#watch.settle(
        this.#invoke(target, frame, args),
        () => transaction.isWaiting || awaited > 0,
        () => neverFinished(call.path),
      );
      outcome = { ok: true, value: encodeResult(target, result, limits) };
    } catch (thrown) {
      fail(thrown);
    } finally {
      enterGuestRun(null);
    }

    const milliseconds = host.now() - startedAt;
    if (outcome.ok && milliseconds > limits.runMilliseconds) fail(overTime(milliseconds, limits));
    if (isDevelopment && outcome.ok)
      log.lines.push(...limitWarnings(call, outcome.value, { transaction, scheduler, milliseconds }, limits));
    if (refusals !== null) log.lines.push(...refusals.lines);
    if (!outcome.ok) times.reset(timeBefore);
    const readSet = transaction.end();
    const writes = outcome.ok ? transaction.overlay.writes() : [];
    return {
      outcome,
      reads: readSet,
      writes,
      bytesWritten: transaction.overlay.bytes,
      readIdentity: reads.identity,
      readClock: reads.clock,
      actsAsUser: transaction.actsAsUser,
      journal: transaction.pages.text(),
      missingTables: transaction.missingTables,
      report: {
        path: call.path,
        milliseconds,
        rowsRead: transaction.rowsRead,
        rowsWritten: 0,
        lines: log.lines,
        ...stack,
      },
    };
  }

  #frame(
    kind: 'query' | 'mutation',
    call: FunctionCall,
    transaction: Transaction,
    times: TimeSource,
    now: number,
    reads: { identity: boolean; readonly refusals: Refusals | null },
  ): Frame {
    const { host, registry, outstanding, policies } = this.#parts;
    const { randomBytes } = host;
    const identity = (): FunctionCall['identity'] => {
      reads.identity = true;
      return call.identity;
    };
    const acting = (seen: Transaction): AsCaller => {
      const view = onFirstUse(
        () => new UserView({ transaction: seen, policies: policies(), identity: identity(), refusals: reads.refusals }),
      );
      return () => {
        transaction.actsAsUser = true;
        return view();
      };
    };
    const asCaller = acting(transaction);
    const writer = kind === 'query' ? null : new DatabaseWriter({ transaction, times, now, randomBytes, asCaller });
    return {
      call,
      transaction,
      values: { isIdOf: (id, table) => isIdOf(transaction.catalog, id, table) },
      reader: writer ?? new DatabaseReader(transaction, asCaller),
      acting,
      asCaller,
      writer,
      scheduler:
        writer === null ? null : new Scheduler({ transaction, registry, times, now, randomBytes, outstanding, job: call.job ?? null }),
      auth: {
        getUserIdentity: async () => identity(),
        get userId() {
          return identity()?.subject ?? null;
        },
      },
    };
  }

  async #invoke(target: AppFunction, frame: Frame, args: { readonly [name: string]: Value | undefined }): Promise<Value> {
    const result: unknown = await target.definition.handler(this.#context(target, frame), args);
    return checkResult(target, result, frame.values);
  }

  #context(target: AppFunction, frame: Frame): object {
    const isMutation = target.definition.kind === 'mutation';
    const runQuery = (reference: unknown, args: unknown = {}, options: unknown = {}): Promise<Value> =>
      this.#nested('query', frame, { reference, args, options });
    const { call, transaction } = frame;
    const { project } = this.#parts;
    const meta = new FunctionMeta({ target, call, project, transaction, scheduler: frame.scheduler });
    const shared = { auth: frame.auth, meta, runQuery };
    if (!isMutation) return { ...shared, db: frame.writer === null ? frame.reader : new DatabaseReader(frame.transaction, frame.asCaller) };
    return {
      ...shared,
      db: frame.writer,
      runMutation: (reference: unknown, args: unknown = {}, options: unknown = {}) =>
        this.#nested('mutation', frame, { reference, args, options }),
      scheduler: frame.scheduler,
    };
  }

  /** Inside the caller's transaction; a nested mutation that throws takes back its own writes only. */
  async #nested(kind: 'query' | 'mutation', frame: Frame, { reference, args, options }: NestedCall): Promise<Value> {
    const target = this.#parts.registry.find(parseFunctionPath(getFunctionName(reference)), kind, 'any');
    const own = decodeFromJson(encodeToJson((args ?? {}) as Value));
    const { narrowing, isStale } = readCallOptions(options, kind === 'query' && frame.writer !== null);
    const inner = isStale ? this.#asCommitted(frame) : frame;
    const widen = narrowing === null ? null : inner.transaction.narrow(limitsFrom(inner.transaction, inner.scheduler, narrowing));
    const checkpoint = frame.transaction.checkpoint();
    try {
      const result = await this.#invoke(target, inner, checkArguments(target, own, inner.values));
      return decodeFromJson(encodeToJson(result));
    } catch (error) {
      frame.transaction.restore(checkpoint);
      throw error;
    } finally {
      widen?.();
    }
  }

  #asCommitted(frame: Frame): Frame {
    const transaction = frame.transaction.committed();
    const asCaller = frame.acting(transaction);
    return { ...frame, transaction, asCaller, reader: new DatabaseReader(transaction, asCaller), writer: null, scheduler: null };
  }
}

interface NestedCall {
  readonly reference: unknown;
  readonly args: unknown;
  readonly options: unknown;
}

function neverFinished(path: string): BetterBaseError {
  return new BetterBaseError('function/never-finished', `\`${path}\` waits for something that never happens.`, {
    hint: 'Queries and mutations may only await ctx and what is ready at once; a promise that nothing settles would block the project. Use an action to wait.',
  });
}
