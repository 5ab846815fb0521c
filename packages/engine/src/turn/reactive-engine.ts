import { toHex } from '@betterbase/core/bytes';
import { completeLimits, parseLimits, parseRowSecurity } from '@betterbase/core';
import type { AppliedMigration, SchemaChange, WireError } from '@betterbase/protocol';
import { KeptQueries } from '../reactivity/kept-queries.ts';
import { LiveQueries } from '../reactivity/live-queries.ts';
import { Moves, type MoveStanding } from '../move/moves.ts';
import type { NormalizedSchema } from '../migrate/schema-layout.ts';
import { appPolicies, type PolicySet } from '../policy/policy-set.ts';
import type { RequestKey, StoredOutcome } from '../ports/document-store.ts';
import type { ProjectStore } from '../ports/project-store.ts';
import { announced } from '../run/announced.ts';
import type { AppModule } from '../run/app-module.ts';
import { appSchemaManifest } from '../run/app-manifest.ts';
import { FunctionRegistry } from '../run/function-registry.ts';
import { type FinishedRun, FunctionRunner } from '../run/function-runner.ts';
import { onFirstUse } from '../run/on-first-use.ts';
import type { HostGlobals } from '../run/guest-globals.ts';
import { type CronDefinition, readCrons } from '../schedule/cron-table.ts';
import { JobBoard } from '../schedule/job-board.ts';
import { cronTable } from '../schedule/job-tables.ts';
import { toFailure } from '../run/wire-failure.ts';
import { TableCatalog } from '../transaction/table-catalog.ts';
import { TimeSource } from '../transaction/time-source.ts';
import { CommitLine } from './commit-line.ts';
import { Commits, mutationResult, replay } from './commits.ts';
import { type GuardWanted, JobOperations, type JobTurn } from './job-operations.ts';
import { lineReads } from './line-reads.ts';
import { decodeOutcome, encodeOutcome, outcomeHash } from './outcome-text.ts';
import { Backfills } from './backfills.ts';
import type { BackfillRequest, BackfillResult } from './backfill-request.ts';
import { OutsideWrites } from './outside-writes.ts';
import { runWithTables } from './run-with-tables.ts';
import { SchemaChanges } from './schema-changes.ts';
import { outcomeLength, textLength, TurnBudget } from './turn-budget.ts';
import type {
  Answer,
  EngineDoor,
  EngineStatus,
  FunctionCall,
  Identity,
  MigrateResult,
  OperationResult,
  Outcome,
  PlannedApp,
  PlanResult,
  TurnOperation,
  TurnRequest,
  TurnResult,
} from './turn.ts';

export interface EngineParts {
  readonly app: AppModule;
  readonly store: ProjectStore;
  readonly host: HostGlobals;
  /** Development tells callers the messages of plain errors, runs queries twice to catch hidden state, and announces each run. */
  readonly isDevelopment: boolean;
  /** What the project is called. Absent: nobody knows. */
  readonly project?: string;
  /** Of these, running queries twice can be switched off: tests count their calls. */
  readonly runsQueriesTwice?: boolean;
}

const unheard = { refreshed: [], stale: [] };

/** A mutation whose result is among the turn's already, and not yet certain. */
interface InLine {
  readonly do: 'in line';
  readonly characters: number;
}

type WantedAnswer = Omit<Extract<TurnOperation, { do: 'query' }>, 'do'>;

/** Where the engine stands; rebuilt by every migration. */
interface Standing {
  version: number;
  deployment: string | null;
  schema: NormalizedSchema;
  catalog: TableCatalog;
  readonly times: TimeSource;
  /** Whether the runs of cron jobs are known to be those of this app. */
  hasCrons: boolean;
}

/**
 * The reactive engine of one project: runs turns of queries and mutations on a store, and knows what each commit touches.
 *
 * Holds: the newest version, the table catalog, who reads what (`LiveQueries`).
 * Does not hold: sockets, sessions, answers.
 * Always true: calls are carried out one after the other; after a turn no live query holds an answer older than its commits.
 */
export class ReactiveEngine implements EngineDoor {
  readonly boot: string;
  readonly #parts: EngineParts;
  readonly #runner: FunctionRunner;
  readonly #live = new LiveQueries();
  readonly #kept: KeptQueries;
  readonly #board: JobBoard;
  readonly #jobs: JobOperations;
  readonly #moves: Moves;
  readonly #schema: SchemaChanges;
  readonly #backfills: Backfills;
  readonly #outside: OutsideWrites;
  readonly #commits: Commits;
  readonly #crons: () => Promise<ReadonlyMap<string, CronDefinition>>;
  readonly #policies: () => PolicySet;
  #standing: Promise<Standing> | null = null;
  #tail: Promise<unknown> = Promise.resolve();
  /** Of the turn under way, where commits are round trips. */
  #line: CommitLine | null = null;
  #catalogNow: TableCatalog | null = null;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.boot = toHex(parts.host.randomBytes(8));
    const { store, host, isDevelopment, project = '' } = parts;
    const registry = new FunctionRegistry(parts.app);
    this.#board = new JobBoard(store);
    this.#schema = new SchemaChanges({ app: parts.app, store, now: host.now });
    this.#kept = new KeptQueries(store.kept, this.#live);
    this.#backfills = new Backfills(store);
    this.#outside = new OutsideWrites({ store, host, live: this.#live, kept: this.#kept, board: this.#board });
    this.#commits = new Commits({ store, live: this.#live, kept: this.#kept, board: this.#board, now: host.now, isDevelopment });
    this.#crons = onFirstUse(() => readCrons(parts.app.crons, registry));
    this.#jobs = new JobOperations({ board: this.#board, registry, crons: this.#crons, now: host.now, randomBytes: host.randomBytes });
    const limits = completeLimits(parseLimits(parts.app.limits));
    const { auditLog } = parseRowSecurity(parts.app.rls);
    this.#moves = new Moves({ store, now: host.now, randomBytes: host.randomBytes });
    const outstanding = (): Promise<number> => this.#board.outstanding();
    this.#policies = onFirstUse(() => appPolicies(parts.app, appSchemaManifest(parts.app)));
    const fieldsOf = (table: string, index: string) => this.#catalogNow?.find(table)?.indexes.get(index);
    const reads = store.joint === undefined ? store : lineReads({ store, line: () => this.#line, fieldsOf });
    const shared = { registry, host, isDevelopment, project, limits, outstanding, policies: this.#policies, auditLog };
    this.#runner = new FunctionRunner({ ...shared, store: reads });
  }

  status(): Promise<EngineStatus> {
    return this.#asOfNow(async (standing) => {
      const wakeAt = await this.#board.wakeAt(standing.catalog);
      return { boot: this.boot, version: standing.version, deployment: standing.deployment, wakeAt };
    });
  }

  turn(request: TurnRequest): Promise<TurnResult> {
    return this.#inOrder((standing) => this.#turn(standing, request));
  }

  plan(app: PlannedApp): Promise<PlanResult> {
    return this.#asOfNow((standing) => this.#schema.plan(standing.schema, app));
  }

  backfill(request: BackfillRequest): Promise<BackfillResult> {
    return this.#asOfNow((standing) => this.#backfills.carryOut(standing.schema, request));
  }

  migrate(deployment: string, consent: string | null = null): Promise<MigrateResult> {
    return this.#asOfNow((standing) => this.#migrate(standing, deployment, consent));
  }

  appliedMigrations(): Promise<readonly AppliedMigration[]> {
    return this.#asOfNow(() => this.#parts.store.appliedMigrations());
  }

  outcomesSince(version: number): Promise<readonly StoredOutcome[]> {
    return this.#asOfNow(() => this.#parts.store.since(version));
  }

  recordFailure(request: RequestKey, identity: Identity | null, error: WireError): Promise<Outcome> {
    return this.#asOfNow(async (standing) => {
      const stored = await this.#parts.store.find(request);
      if (stored !== null) return decodeOutcome(stored.outcome);
      const outcome: Outcome = { ok: false, error };
      if (request.session !== null)
        await this.#commits.commit(standing, [], { request, identity: identityText(identity), outcome: encodeOutcome(outcome) });
      return outcome;
    });
  }

  /** Calls may arrive while another is under way: they wait for it. */
  #inOrder<T>(work: (standing: Standing) => Promise<T>): Promise<T> {
    const run = async (): Promise<T> => await this.#surely(work(await this.#stand()));
    const result = this.#tail.then(run, run);
    this.#tail = result;
    return result;
  }

  #asOfNow<T>(work: (standing: Standing) => Promise<T>): Promise<T> {
    return this.#inOrder((standing) => this.#outside.current(standing, () => work(standing)));
  }

  /** What was worked out of a store that is lost must not be known to anybody: the call fails, and whoever made it starts another engine. */
  async #surely<T>(work: Promise<T>): Promise<T> {
    const { store } = this.#parts;
    try {
      const result = await work;
      if (store.lost == null) return result;
    } catch (failure) {
      if (store.lost == null) throw failure;
    }
    throw store.lost ?? new Error('The store was lost.');
  }

  #stand(): Promise<Standing> {
    this.#standing ??= this.#parts.store.open().then(
      ({ version, deployment, schema, time }) => ({
        version,
        deployment,
        schema,
        catalog: this.#catalog(schema),
        times: new TimeSource(time),
        hasCrons: false,
      }),
      (error: unknown) => {
        this.#standing = null;
        throw error;
      },
    );
    return this.#standing;
  }

  async #turn(standing: Standing, request: TurnRequest): Promise<TurnResult> {
    const { boot } = this;
    if ((request.boot !== null && request.boot !== boot) || request.deployment !== standing.deployment) {
      return { state: 'restarted', boot, version: standing.version, deployment: standing.deployment };
    }
    const touched = new Set(request.boot === null ? await this.#kept.wake() : []);
    for (const number of this.#outside.listen()) touched.add(number);
    const current = <T>(work: () => Promise<T>): Promise<T> => this.#outside.current(standing, work, touched);
    if (this.#commits.isSweepDue) await current(() => this.#commits.sweep(standing.version));

    const budget = new TurnBudget(this.#parts.host.now);
    const results: OperationResult[] = [];
    let guard = await current(() => this.#adoptCrons(standing, request, touched));
    const line = this.#parts.store.joint === undefined ? null : this.#newLine(standing, request, touched, results);
    this.#line = line;
    try {
      for (const operation of request.operations) {
        if (guard !== null || (results.length > 0 && budget.isSpent)) break;
        const result = await current(async () => {
          const isInTheWay = line !== null && (line.isStale || !isCall(operation));
          return (isInTheWay ? await line.flush() : null) ?? (await this.#perform(standing, operation, request, touched));
        });
        if (result.do === 'guard') {
          guard = result;
          break;
        }
        budget.spend(result.do === 'in line' ? result.characters : textLength(result));
        if (result.do !== 'in line') results.push(result);
      }
      if (line !== null) guard = (await current(() => line.flush())) ?? guard;
      const wakeAt = await current(() => this.#board.wakeAt(standing.catalog));
      const { refreshed, stale } = request.isAlone === true ? unheard : await this.#refresh(standing, touched, budget);
      return {
        state: 'done',
        boot,
        version: standing.version,
        results,
        refreshed,
        stale,
        wakeAt,
        unkept: this.#kept.unkept,
        ...(guard === null ? {} : { guard: guard.at }),
      };
    } finally {
      this.#line = null;
      this.#runner.rest();
    }
  }

  async #perform(
    standing: Standing,
    operation: TurnOperation,
    request: TurnRequest,
    touched: Set<number>,
  ): Promise<OperationResult | GuardWanted | InLine> {
    switch (operation.do) {
      case 'query':
        touched.delete(operation.query);
        return { do: 'query', answer: await this.#answer(standing, operation) };
      case 'mutation':
        return await this.#mutate(standing, operation, request, touched, this.#line);
      case 'pin': {
        const query = this.#live.get(operation.query);
        if (query === undefined) return { do: 'done' };
        query.pinned = operation.pinned;
        if (operation.pinned) this.#kept.ran(operation.query);
        else this.#kept.forgotten(operation.query);
        return { do: 'done' };
      }
      case 'forget':
        this.#live.forget(operation.query);
        this.#kept.forgotten(operation.query, { mayRest: true });
        return { do: 'done' };
      case 'keep':
        await this.#kept.keep(operation.most);
        return { do: 'done' };
      case 'resume':
        return { do: 'resumed', unknown: await this.#kept.resume(operation.queries, operation.isAll) };
      case 'forget-outcomes':
        await this.#parts.store.forget(operation.session, operation.upTo);
        return { do: 'done' };
      case 'sweep-outcomes':
        await this.#parts.store.sweep(0, operation.before);
        return { do: 'done' };
      case 'look':
        return { do: 'looked', ...(await this.#outside.look()) };
      case 'jobs':
        return await this.#jobs.findDue(this.#jobTurn(standing, request, touched));
      case 'job':
        return await this.#jobs.run(this.#jobTurn(standing, request, touched), operation.job, operation.requestId);
      case 'job-finished':
        return await this.#jobs.finish(this.#jobTurn(standing, request, touched), operation.job, operation.error);
      case 'move':
        return { do: 'move', outcome: await this.#moves.perform(operation.request, this.#moveStanding(standing, touched)) };
      default:
        return operation satisfies never;
    }
  }

  /** Runs a query and remembers what it read, unless it failed and nobody watches it. */
  async #answer(standing: Standing, wanted: WantedAnswer): Promise<Answer> {
    const { query, call, pinned, journal = null } = wanted;
    const run = await this.#announced('query', call, null, () =>
      this.#runner.run('query', call, standing.catalog, standing.times, journal),
    );
    const hash = outcomeHash(run.outcome, run.journal);
    if (run.outcome.ok || pinned) this.#live.set(query, { call, pinned, hash, reads: run.reads, journal: run.journal });
    else this.#live.forget(query);
    if (pinned) this.#kept.ran(query);
    else this.#kept.forgotten(query);
    const { isDevelopment, runsQueriesTwice = isDevelopment } = this.#parts;
    const report = runsQueriesTwice ? await this.#reportHiddenState(standing, call, run, hash) : run.report;
    const { outcome, readIdentity, readClock } = run;
    return { query, outcome, hash, readIdentity, readClock, report, ...(run.journal === null ? {} : { journal: run.journal }) };
  }

  /** In development a query runs twice: what differs does not come from its arguments and its reads alone. */
  async #reportHiddenState(standing: Standing, call: FunctionCall, first: FinishedRun, hash: string): Promise<FinishedRun['report']> {
    if (first.readClock || !first.outcome.ok) return first.report;
    const second = await this.#runner.run('query', call, standing.catalog, standing.times, first.journal);
    if (outcomeHash(second.outcome, second.journal) === hash) return first.report;
    const text = `\`${call.path}\` gave two different answers to the same call. Queries must depend on their arguments and the database only; look for module-level state that changes.`;
    return { ...first.report, lines: [...first.report.lines, { level: 'warn', text }] };
  }

  async #mutate(
    standing: Standing,
    operation: { readonly request: RequestKey; readonly call: FunctionCall },
    { armedAt }: TurnRequest,
    touched: Set<number>,
    line: CommitLine | null,
  ): Promise<OperationResult | GuardWanted | InLine> {
    const { request, call } = operation;
    const identity = identityText(call.identity);
    if (request.session !== null && line === null) {
      const stored = await this.#parts.store.find(request);
      if (stored !== null) return replay(stored, identity, call);
    }
    const timeBefore = standing.times.last;
    const run = await this.#announced('mutation', call, request, () => this.#run(standing, call));
    const guard = this.#jobs.guardFor(armedAt, run.writes);
    if (guard !== null) {
      standing.times.reset(timeBefore);
      return guard;
    }
    const finished = { request, identity, run, call };
    if (line === null) return await this.#commits.settle(standing, finished, touched);
    // What it has read, and so its outcome, may be anything then.
    if (this.#parts.store.lost != null) throw this.#parts.store.lost;
    if (line.admits(run)) {
      const waiting = { ...finished, time: standing.times.last, now: this.#parts.host.now() };
      const provisional = mutationResult(finished, run.outcome, standing.version, 0);
      const wanted = await line.join(waiting, provisional);
      return wanted ?? { do: 'in line', characters: textLength(provisional) };
    }
    return (await line.flush()) ?? (await this.#commits.settle(standing, finished, touched));
  }

  #newLine(standing: Standing, request: TurnRequest, touched: Set<number>, results: OperationResult[]): CommitLine {
    const { store } = this.#parts;
    const notOurs = async <T>(work: Promise<T>): Promise<T> => {
      const done = await work;
      this.#outside.beginsAt(standing.version);
      return done;
    };
    return new CommitLine({
      results,
      version: () => standing.version,
      isLost: () => store.lost != null,
      commitAll: (waiting) => notOurs(this.#commits.settleAll(standing, waiting, touched)),
      commit: (waiting) => notOurs(this.#commits.settle(standing, waiting, touched)),
      runAgain: async (waiting) => {
        const result = await notOurs(this.#mutate(standing, waiting, request, touched, null));
        if (result.do === 'in line') throw new Error('What runs alone waits for nobody.');
        return result;
      },
    });
  }

  #run(standing: Standing, call: FunctionCall): Promise<FinishedRun> {
    const run = (): Promise<FinishedRun> => this.#runner.run('mutation', call, standing.catalog, standing.times);
    const make = async (tables: ReadonlySet<string>): Promise<void> => {
      await this.#line?.flush();
      await this.#addTables(standing, tables);
    };
    return runWithTables({ call, isDevelopment: this.#parts.isDevelopment, run, make });
  }

  async #addTables(standing: Standing, names: ReadonlySet<string>): Promise<void> {
    // A migration leaves nothing kept on disk.
    await this.#kept.doubt();
    const { version, schema } = await this.#schema.addTables(standing, names);
    Object.assign(standing, { version, schema, catalog: this.#catalog(schema) });
  }

  #catalog(schema: NormalizedSchema): TableCatalog {
    this.#catalogNow = new TableCatalog(schema, this.#schema.allowsOtherTables);
    return this.#catalogNow;
  }

  /** The first turn of a life sees to it that every cron job has its next run. */
  async #adoptCrons(standing: Standing, request: Pick<TurnRequest, 'armedAt'>, touched: Set<number>): Promise<GuardWanted | null> {
    if (standing.hasCrons || standing.deployment === null) return null;
    // Data of a version of the platform that knew no jobs.
    if (standing.catalog.find(cronTable) === undefined) await this.#migrateTables(standing, standing.deployment, null);
    const guard = await this.#jobs.adoptCrons(this.#jobTurn(standing, request, touched));
    standing.hasCrons = guard === null;
    return guard;
  }

  #jobTurn(standing: Standing, { armedAt }: Pick<TurnRequest, 'armedAt'>, touched: Set<number>): JobTurn {
    const { catalog, times } = standing;
    return {
      catalog,
      times,
      armedAt,
      run: (call) => this.#announced('mutation', call, { session: 'job', id: call.job ?? '' }, () => this.#run(standing, call)),
      commit: async (writes, call) => {
        try {
          await this.#commits.commit(standing, writes, null, touched);
        } catch (refused) {
          if (call === null) throw refused;
          return { ok: false, error: toFailure(refused, { ...call, isDevelopment: this.#parts.isDevelopment }).error };
        }
        return null;
      },
    };
  }

  #moveStanding(standing: Standing, touched: Set<number>): MoveStanding {
    const { catalog, times, deployment, version } = standing;
    return {
      catalog,
      times,
      version,
      deployment: deployment ?? '',
      withTables: async (names) => {
        const missing = names.filter((name) => !standing.catalog.get(name).exists);
        if (missing.length > 0) await this.#addTables(standing, new Set(missing));
        return standing.catalog;
      },
      commit: async (work) => {
        await this.#kept.doubt();
        const next = standing.version + 1;
        const committed = await work({ basedOn: standing.version, version: next, time: times.last });
        times.reset(committed.time);
        const isRenumbered = committed.schema !== catalog.schema;
        Object.assign(standing, {
          version: next,
          ...(isRenumbered ? { schema: committed.schema, catalog: this.#catalog(committed.schema) } : {}),
        });
        this.#live.collectReaders(
          committed.summary.tables.map(({ table }) => table),
          touched,
        );
        return committed;
      },
    };
  }

  /** Answers what the commits touched and is watched; when the budget is spent the rest is stale, and the caller asks anew. */
  async #refresh(standing: Standing, touched: Set<number>, budget: TurnBudget): Promise<{ refreshed: Answer[]; stale: number[] }> {
    const refreshed = new Map<number, Answer>();
    const stale: number[] = [];
    for (const number of touched) {
      // Others may write meanwhile, and touch it again.
      touched.delete(number);
      const query = this.#live.get(number);
      if (query === undefined) continue;
      if (!query.pinned || (refreshed.size > 0 && budget.isSpent)) {
        this.#live.forget(number);
        this.#kept.forgotten(number);
        refreshed.delete(number);
        stale.push(number);
        continue;
      }
      const { hash, call, journal } = query;
      const wanted = { query: number, call, pinned: true, ...(journal === null ? {} : { journal }) };
      const answer = await this.#outside.current(standing, () => this.#answer(standing, wanted), touched);
      if (answer.hash === hash) continue;
      budget.spend(outcomeLength(answer.outcome));
      refreshed.set(number, answer);
    }
    return { refreshed: [...refreshed.values()], stale };
  }

  async #migrate(standing: Standing, deployment: string, consent: string | null): Promise<MigrateResult> {
    if (standing.deployment === deployment)
      return { ok: true, version: standing.version, changes: [], wakeAt: await this.#board.wakeAt(standing.catalog) };
    try {
      // Nothing is migrated for an app whose cron jobs or policies are no good.
      await this.#crons();
      this.#policies();
      const changes = await this.#migrateTables(standing, deployment, consent);
      this.#kept.clear();
      await this.#adoptCrons(standing, {}, new Set());
      const wakeAt = await this.#board.wakeAt(standing.catalog);
      return { ok: true, version: standing.version, changes, wakeAt };
    } catch (refused) {
      return { ok: false, error: toFailure(refused, { path: 'schema', requestId: deployment, isDevelopment: true }).error };
    }
  }

  async #migrateTables(standing: Standing, deployment: string, consent: string | null): Promise<readonly SchemaChange[]> {
    const { version, schema, changes } = await this.#schema.migrate(standing, deployment, consent);
    Object.assign(standing, { version, deployment, schema, catalog: this.#catalog(schema), hasCrons: false });
    return changes;
  }

  async #announced<T>(kind: 'query' | 'mutation', call: FunctionCall, request: RequestKey | null, run: () => Promise<T>): Promise<T> {
    const { isDevelopment, host } = this.#parts;
    const { path, requestId } = call;
    const running = { path, kind, requestId, session: request?.session ?? null, id: request?.id ?? null };
    return await announced(isDevelopment ? (line) => host.print(line) : null, running, run);
  }
}

/** What may be carried out while mutations wait to be committed: it looks at what it reads. */
function isCall({ do: kind }: TurnOperation): boolean {
  return kind === 'mutation' || kind === 'query';
}

function identityText(identity: Identity | null): string {
  return identity?.tokenIdentifier ?? '';
}
