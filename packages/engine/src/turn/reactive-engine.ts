import { toHex } from '@betterbase/core/bytes';
import { completeLimits, parseLimits, parseRowSecurity } from '@betterbase/core';
import type { AppliedMigration, WireError } from '@betterbase/protocol';
import { KeptQueries } from '../reactivity/kept-queries.ts';
import { LiveQueries } from '../reactivity/live-queries.ts';
import { Moves } from '../move/moves.ts';
import { appPolicies, type PolicySet } from '../policy/policy-set.ts';
import type { RequestKey, StoredOutcome } from '../ports/document-store.ts';
import type { ProjectStore } from '../ports/project-store.ts';
import type { AppModule } from '../run/app-module.ts';
import { appSchemaManifest } from '../run/app-manifest.ts';
import { FunctionRegistry } from '../run/function-registry.ts';
import { FunctionRunner } from '../run/function-runner.ts';
import { onFirstUse } from '../run/on-first-use.ts';
import type { HostGlobals } from '../run/guest-globals.ts';
import { type CronDefinition, readCrons } from '../schedule/cron-table.ts';
import { JobBoard } from '../schedule/job-board.ts';
import { cronTable } from '../schedule/job-tables.ts';
import { toFailure } from '../run/wire-failure.ts';
import { TimeSource } from '../transaction/time-source.ts';
import { type Announce, announcing } from './announce.ts';
import { Answers, type News } from './answers.ts';
import { Backfills } from './backfills.ts';
import type { BackfillRequest, BackfillResult } from './backfill-request.ts';
import type { Turn } from './commit-line.ts';
import { Commits } from './commits.ts';
import { type GuardWanted, JobOperations, type JobTurn } from './job-operations.ts';
import { lineReads } from './line-reads.ts';
import { MoveSteps } from './move-steps.ts';
import { identityText, type InLine, Mutations } from './mutations.ts';
import { decodeOutcome, encodeOutcome } from './outcome-text.ts';
import { OutsideWrites } from './outside-writes.ts';
import { SchemaChanges } from './schema-changes.ts';
import type { Standing } from './standing.ts';
import { StandingTables } from './standing-tables.ts';
import { textLength, TurnBudget } from './turn-budget.ts';
import { type BegunTurn, goesBeside, TurnsUnderWay } from './turns-under-way.ts';
import type {
  EngineDoor,
  EngineStatus,
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

const unheard: News = { refreshed: new Map(), stale: [] };

/** The engine is not the one that is meant. */
type Restarted = Extract<TurnResult, { state: 'restarted' }>;

/**
 * The reactive engine of one project: runs turns of queries and mutations on a store, and knows what each commit touches.
 *
 * Holds: the newest version, the table catalog, who reads what (`LiveQueries`).
 * Does not hold: sockets, sessions, answers.
 * Always true: calls are carried out one after the other, but where commits are round trips the next may begin when a turn
 * waits for nothing else; when a turn is told no live query holds an answer older than its commits.
 */
export class ReactiveEngine implements EngineDoor {
  readonly boot: string;
  readonly #parts: EngineParts;
  readonly #runner: FunctionRunner;
  readonly #live = new LiveQueries();
  readonly #kept: KeptQueries;
  readonly #board: JobBoard;
  readonly #jobs: JobOperations;
  readonly #moves: MoveSteps;
  readonly #schema: SchemaChanges;
  readonly #tables: StandingTables;
  readonly #backfills: Backfills;
  readonly #outside: OutsideWrites;
  readonly #commits: Commits;
  readonly #announce: Announce;
  readonly #answers: Answers;
  readonly #mutations: Mutations;
  readonly #underWay = new TurnsUnderWay();
  readonly #crons: () => Promise<ReadonlyMap<string, CronDefinition>>;
  readonly #policies: () => PolicySet;
  #standing: Promise<Standing> | null = null;
  #tail: Promise<unknown> = Promise.resolve();
  /** Whether another turn may begin beside the newest. */
  #mayFollow: Promise<boolean> = Promise.resolve(false);

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.boot = toHex(parts.host.randomBytes(8));
    const { store, host, isDevelopment, project = '' } = parts;
    const registry = new FunctionRegistry(parts.app);
    const { now, randomBytes } = host;
    const live = this.#live;
    this.#board = new JobBoard(store);
    this.#schema = new SchemaChanges({ app: parts.app, store, now });
    const kept = new KeptQueries(store.kept, live);
    this.#kept = kept;
    this.#tables = new StandingTables(this.#schema, kept);
    this.#backfills = new Backfills(store);
    const landing = async (): Promise<void> => await this.#mutations.line?.landing();
    this.#outside = new OutsideWrites({ store, host, live, kept, board: this.#board, landing });
    const onLanded = (version: number): void => this.#outside.beginsAt(version);
    this.#commits = new Commits({ store, live, kept, board: this.#board, now, engine: this.boot, onLanded, isDevelopment });
    this.#crons = onFirstUse(() => readCrons(parts.app.crons, registry));
    this.#jobs = new JobOperations({ board: this.#board, registry, crons: this.#crons, now, randomBytes });
    const limits = completeLimits(parseLimits(parts.app.limits));
    const { auditLog } = parseRowSecurity(parts.app.rls);
    this.#moves = new MoveSteps({ moves: new Moves({ store, now, randomBytes }), tables: this.#tables, live, kept });
    const outstanding = (): Promise<number> => this.#board.outstanding();
    this.#policies = onFirstUse(() => appPolicies(parts.app, appSchemaManifest(parts.app)));
    const fieldsOf = (table: string, index: string) => this.#tables.fieldsOf(table, index);
    const reads = store.joint === undefined ? store : lineReads({ store, line: () => this.#mutations.line, fieldsOf });
    const shared = { registry, host, isDevelopment, project, limits, outstanding, policies: this.#policies, auditLog };
    const runner = new FunctionRunner({ ...shared, store: reads });
    this.#runner = runner;
    this.#announce = announcing(host, isDevelopment);
    const common = { runner, outside: this.#outside, announce: this.#announce };
    const line = () => this.#mutations.line;
    this.#answers = new Answers({ ...common, live, kept, line, runsQueriesTwice: parts.runsQueriesTwice ?? isDevelopment });
    this.#mutations = new Mutations({
      ...common,
      store,
      commits: this.#commits,
      jobs: this.#jobs,
      tables: this.#tables,
      now,
      isDevelopment,
    });
  }

  status(): Promise<EngineStatus> {
    return this.#asOfNow(async (standing) => {
      const wakeAt = await this.#board.wakeAt(standing.catalog);
      const overlaps = this.#mutations.line !== null;
      return { boot: this.boot, version: standing.version, deployment: standing.deployment, wakeAt, overlaps };
    });
  }

  turn(request: TurnRequest): Promise<TurnResult> {
    if (request.mayOverlap === true && this.#parts.store.joint !== undefined) return this.#overlapping(request);
    this.#mayFollow = Promise.resolve(false);
    return this.#inOrder((standing) => this.#turn(standing, request));
  }

  mayFollow(): Promise<boolean> {
    return this.#mayFollow;
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
    return this.#inOrder(async (standing) => {
      await this.#clearLine(standing, this.#underWay.touched);
      return await this.#outside.current(standing, () => work(standing));
    });
  }

  /** What was worked out of a store that is lost must not be known to anybody: the call fails, and whoever made it starts another engine. */
  async #surely<T>(work: Promise<T>): Promise<T> {
    const { store } = this.#parts;
    try {
      const result = await work;
      // What is overtaken while it is under way runs again: whoever comes next sees to it.
      if (store.lost == null || (store.isBehind === true && !this.#underWay.isEmpty)) return result;
    } catch (failure) {
      if (store.lost == null) throw failure;
    }
    throw store.lost ?? new Error('The store was lost.');
  }

  #stand(): Promise<Standing> {
    this.#standing ??= this.#parts.store.open().then(
      ({ version, deployment, schema, time }) => {
        const catalog = this.#tables.catalog(schema);
        const standing: Standing = { version, deployment, schema, catalog, times: new TimeSource(time), hasCrons: false };
        this.#mutations.stand(standing);
        return standing;
      },
      (error: unknown) => {
        this.#standing = null;
        throw error;
      },
    );
    return this.#standing;
  }

  async #turn(standing: Standing, request: TurnRequest): Promise<TurnResult> {
    if (!this.#underWay.isEmpty) throw new Error('This turn does not go beside those under way.');
    const turn = await this.#begin(standing, request, new Set());
    if ('state' in turn) return turn;
    const { line } = this.#mutations;
    if (line !== null && !line.isEmpty) {
      const guard = await this.#outside.current(standing, () => line.flush(), turn.touched);
      turn.guard ??= guard;
    }
    return await this.#tell(standing, turn);
  }

  /** As `turn`, and others may begin before its commits are known to have happened. */
  async #overlapping(request: TurnRequest): Promise<TurnResult> {
    const begun = this.#inOrder(async (standing) => {
      const { underWay, line } = this.#overlap();
      if (!underWay.isEmpty && !request.operations.every(goesBeside)) throw new Error('Only mutations go beside turns under way.');
      const turn = await this.#begin(standing, request, underWay.touched);
      if ('state' in turn) return turn;
      await line.send();
      return { turn, result: underWay.add(turn), landing: line.landing(), isWhole: turn.results.length === request.operations.length };
    });
    this.#mayFollow = begun.then(
      (turn) => 'turn' in turn && turn.isWhole,
      () => false,
    );
    const turn = await begun;
    if (!('turn' in turn)) return turn;
    await turn.landing;
    this.#inOrder((standing) => this.#tellLanded(standing, turn.turn)).catch((failure: unknown) => this.#underWay.fail(failure));
    return await turn.result;
  }

  #overlap() {
    const { line } = this.#mutations;
    if (line === null) throw new Error('Where commits are no round trips, turns do not overlap.');
    return { underWay: this.#underWay, line };
  }

  /** Commits what waits, whose it may be: where one of them needs something first, nobody can be told what has run since. */
  async #clearLine(standing: Standing, touched: Set<number>): Promise<void> {
    const { line } = this.#mutations;
    if (line === null || line.isEmpty) return;
    const guard = await this.#outside.current(standing, () => line.flush(), touched);
    if (guard !== null) throw new Error('A mutation that had run schedules something, now that it has run again.');
  }

  /** Tells the turns whose commits are known to have happened; of those up to `last` that is seen to. */
  async #tellLanded(standing: Standing, last: BegunTurn | null): Promise<void> {
    const { underWay, line } = this.#overlap();
    const { touched } = underWay;
    if (last !== null && !underWay.holds(last)) return;
    if (last !== null && line.holds(last)) await this.#clearLine(standing, touched);
    const { store, host } = this.#parts;
    const budget = last?.budget ?? new TurnBudget(host.now);
    const news: News = { refreshed: new Map(), stale: [] };
    const wakeAt = await this.#outside.current(standing, () => this.#board.wakeAt(standing.catalog), touched);
    do {
      // What is found to have been overtaken while nobody looked is caught up with first.
      if (store.isBehind === true) await this.#outside.current(standing, async () => {}, touched);
      await this.#answers.refresh(standing, touched, budget, news);
    } while (touched.size > 0 || store.isBehind === true);
    if (store.lost != null) throw store.lost;
    const landed = underWay.takeLanded(line);
    for (const [at, { turn, resolve }] of landed.entries()) {
      const result = this.#result(standing, turn, wakeAt, at === 0 ? news : unheard);
      resolve(at < landed.length - 1 ? { ...result, isFollowed: true } : result);
    }
  }

  async #tell(standing: Standing, turn: BegunTurn): Promise<TurnResult> {
    const { touched, budget, request } = turn;
    const wakeAt = await this.#outside.current(standing, () => this.#board.wakeAt(standing.catalog), touched);
    if (request.isAlone === true) return this.#result(standing, turn, wakeAt, unheard);
    const news: News = { refreshed: new Map(), stale: [] };
    await this.#answers.refresh(standing, touched, budget, news);
    return this.#result(standing, turn, wakeAt, news);
  }

  #result({ version }: Standing, { results, guard }: BegunTurn, wakeAt: number | null, news: News): Extract<TurnResult, { state: 'done' }> {
    const { unkept } = this.#kept;
    const told = { refreshed: [...news.refreshed.values()], stale: news.stale };
    return { state: 'done', boot: this.boot, version, results, ...told, wakeAt, unkept, ...(guard === null ? {} : { guard: guard.at }) };
  }

  /** Everything of a turn but to see what becomes of its commits, and to tell. */
  async #begin(standing: Standing, request: TurnRequest, touched: Set<number>): Promise<BegunTurn | Restarted> {
    const { boot } = this;
    if ((request.boot !== null && request.boot !== boot) || request.deployment !== standing.deployment) {
      return { state: 'restarted', boot, version: standing.version, deployment: standing.deployment };
    }
    for (const number of request.boot === null ? await this.#kept.wake() : []) touched.add(number);
    for (const number of this.#outside.listen()) touched.add(number);
    const current = <T>(work: () => Promise<T>): Promise<T> => this.#outside.current(standing, work, touched);
    if (this.#commits.isSweepDue) await current(() => this.#commits.sweep(standing.version));

    const budget = new TurnBudget(this.#parts.host.now);
    const results: OperationResult[] = [];
    const guard = await current(() => this.#adoptCrons(standing, request, touched));
    const turn: BegunTurn = { request, results, touched, budget, guard };
    try {
      await this.#runOperations(standing, turn);
      return turn;
    } finally {
      this.#runner.rest();
    }
  }

  async #runOperations(standing: Standing, turn: BegunTurn): Promise<void> {
    const { request, results, touched, budget } = turn;
    const { line } = this.#mutations;
    for (const operation of request.operations) {
      if (turn.guard !== null || (results.length > 0 && budget.isSpent)) return;
      // Whoever waits for what has happened need not wait for what others do.
      if (line !== null && this.#underWay.hasLanded(line)) await this.#tellLanded(standing, null);
      const result = await this.#outside.current(
        standing,
        async () => {
          const isInTheWay = line !== null && !line.isEmpty && (line.isStale || waitsForCommits(operation));
          if (!isInTheWay) return await this.#perform(standing, operation, turn);
          if (this.#underWay.isEmpty) return (await line.flush()) ?? (await this.#perform(standing, operation, turn));
          await this.#clearLine(standing, touched);
          return await this.#perform(standing, operation, turn);
        },
        touched,
      );
      if (result.do === 'guard') {
        turn.guard = result;
        return;
      }
      budget.spend(result.do === 'in line' ? result.characters : textLength(result));
      if (result.do !== 'in line') results.push(result);
    }
  }

  async #perform(standing: Standing, operation: TurnOperation, turn: Turn): Promise<OperationResult | GuardWanted | InLine> {
    const { request, touched } = turn;
    switch (operation.do) {
      case 'query':
        touched.delete(operation.query);
        return { do: 'query', answer: await this.#answers.run(standing, operation) };
      case 'mutation':
        return await this.#mutations.perform(standing, operation, turn);
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
        return { do: 'move', outcome: await this.#moves.perform(standing, operation.request, touched) };
      default:
        return operation satisfies never;
    }
  }

  /** The first turn of a life sees to it that every cron job has its next run. */
  async #adoptCrons(standing: Standing, request: Pick<TurnRequest, 'armedAt'>, touched: Set<number>): Promise<GuardWanted | null> {
    if (standing.hasCrons || standing.deployment === null) return null;
    // Data of a version of the platform that knew no jobs.
    if (standing.catalog.find(cronTable) === undefined) await this.#tables.migrate(standing, standing.deployment, null);
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
      run: (call) => this.#announce('mutation', call, { session: 'job', id: call.job ?? '' }, () => this.#mutations.run(standing, call)),
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

  async #migrate(standing: Standing, deployment: string, consent: string | null): Promise<MigrateResult> {
    if (standing.deployment === deployment)
      return { ok: true, version: standing.version, changes: [], wakeAt: await this.#board.wakeAt(standing.catalog) };
    try {
      // Nothing is migrated for an app whose cron jobs or policies are no good.
      await this.#crons();
      this.#policies();
      const changes = await this.#tables.migrate(standing, deployment, consent);
      this.#kept.clear();
      await this.#adoptCrons(standing, {}, new Set());
      const wakeAt = await this.#board.wakeAt(standing.catalog);
      return { ok: true, version: standing.version, changes, wakeAt };
    } catch (refused) {
      return { ok: false, error: toFailure(refused, { path: 'schema', requestId: deployment, isDevelopment: true }).error };
    }
  }
}

/** What may not be carried out while mutations wait to be committed. A call looks at what it reads; the rest of these is but remembered. */
function waitsForCommits({ do: kind }: TurnOperation): boolean {
  return kind !== 'mutation' && kind !== 'query' && kind !== 'pin' && kind !== 'forget';
}
