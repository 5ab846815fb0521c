/**
 * An engine in memory, with functions on named cells, that can be lost at any step.
 *
 * Queries: `cells:get {cell}`, `cells:who {cell}` (reads identity), `cells:now {cell}` (reads the clock), `cells:fail`,
 * `cells:page {cell}` (its page ends at the value the cell had when it was first read).
 * Mutations: `cells:set {cell, value}`, `cells:turn {cell, value}` (pages of the cell end anew), `cells:add {cell, by}`, `cells:refuse`. Any function named `…:loop` never returns.
 */
import type {
  Answer,
  BackfillResult,
  EngineDoor,
  EngineStatus,
  FunctionCall,
  Identity,
  MigrateResult,
  OperationResult,
  Outcome,
  PlanResult,
  RequestKey,
  StoredOutcome,
  TurnOperation,
  TurnRequest,
  TurnResult,
} from '@betterbase/engine';
import type { SchemaPlan, WireError } from '@betterbase/protocol';
import type { EngineHost } from '../host/engine-host.ts';

const nothing: SchemaPlan = { changes: [], losses: [], consent: 'nothing' };

/** What survives the engine. */
export class FakeDisk {
  version = 0;
  deployment: string | null = null;
  readonly cells = new Map<string, unknown>();
  /** Cells that another program has changed, and no engine has looked at since. */
  outside: string[] = [];
  /** Live queries that outlive the engine. */
  readonly kept = new Map<number, { readonly query: LiveQuery; isStale: boolean }>();
  outcomes: (StoredOutcome & { readonly at: number })[] = [];
  now: () => number = () => 0;
  /** How often each request ran to a commit. */
  readonly runs = new Map<string, number>();
}

interface LiveQuery {
  readonly call: FunctionCall;
  readonly cell: string;
  pinned: boolean;
  hash: string;
  readonly journal: string | undefined;
}

/** Asked before every step; throwing loses the call there, and a promise that never resolves hangs it. */
export type Step = (name: string) => void | Promise<void>;

export class FakeEngine implements EngineDoor {
  readonly #disk: FakeDisk;
  readonly #boot: string;
  readonly #step: Step;
  readonly #live = new Map<number, LiveQuery>();
  readonly #unkept = new Set<number>();
  /** The path of every query that was run, in order. */
  readonly runs: string[] = [];
  #isDead = false;
  readonly turns: TurnRequest[] = [];
  /** At most this many operations in one turn. */
  mostOperations = Number.POSITIVE_INFINITY;
  refusesMigration = false;
  planned: SchemaPlan = nothing;

  constructor(disk: FakeDisk, boot: string, step: Step) {
    this.#disk = disk;
    this.#boot = boot;
    this.#step = step;
  }

  get liveCount(): number {
    return this.#live.size;
  }

  kill(): void {
    this.#isDead = true;
  }

  async status(): Promise<EngineStatus> {
    await this.#reach('status');
    return { boot: this.#boot, version: this.#disk.version, deployment: this.#disk.deployment, wakeAt: null, overlaps: false };
  }

  async plan(): Promise<PlanResult> {
    await this.#reach('plan');
    return { ok: true, plan: this.planned };
  }

  async backfill(): Promise<BackfillResult> {
    await this.#reach('backfill');
    return { state: 'none' };
  }

  async appliedMigrations(): Promise<readonly []> {
    return [];
  }

  async migrate(deployment: string, consent: string | null = null): Promise<MigrateResult> {
    await this.#reach('migrate');
    if (this.planned.losses.length > 0 && consent !== this.planned.consent)
      return { ok: false, error: { code: 'deployment/needs-consent', message: 'This takes something.' } };
    if (this.refusesMigration) return { ok: false, error: { code: 'schema/documents-break-it', message: 'Documents break it.' } };
    if (this.#disk.deployment !== deployment) this.#disk.version += 1;
    this.#disk.deployment = deployment;
    this.#live.clear();
    this.#unkept.clear();
    this.#disk.kept.clear();
    await this.#reach('migrated');
    return { ok: true, version: this.#disk.version, changes: [], wakeAt: null };
  }

  async mayFollow(): Promise<boolean> {
    return false;
  }

  async turn(request: TurnRequest): Promise<TurnResult> {
    this.turns.push(request);
    await this.#reach('turn');
    if ((request.boot !== null && request.boot !== this.#boot) || request.deployment !== this.#disk.deployment) {
      return { state: 'restarted', boot: this.#boot, version: this.#disk.version, deployment: this.#disk.deployment };
    }
    const touched = request.boot === null ? this.#wake() : new Set<number>();
    const results: OperationResult[] = [];
    for (const operation of request.operations) {
      if (results.length >= this.mostOperations) break;
      await this.#reach(`operation ${results.length}`);
      results.push(await this.#perform(operation, touched));
    }
    await this.#reach('refresh');
    const refreshed: Answer[] = [];
    const stale: number[] = [];
    if (request.isAlone === true) touched.clear();
    for (const number of touched) {
      const query = this.#live.get(number);
      if (query === undefined) continue;
      if (!query.pinned) {
        this.#forget(number);
        stale.push(number);
        continue;
      }
      const { hash } = query;
      const isTurned = request.operations.some((operation) => operation.do === 'mutation' && operation.call.path === 'cells:turn');
      const answer = await this.#answer({ query: number, call: query.call, pinned: true, journal: isTurned ? undefined : query.journal });
      if (answer.hash !== hash) refreshed.push(answer);
    }
    await this.#reach('answer');
    return {
      state: 'done',
      boot: this.#boot,
      version: this.#disk.version,
      results,
      refreshed,
      stale,
      wakeAt: null,
      unkept: this.#unkept.size,
    };
  }

  async outcomesSince(version: number): Promise<readonly StoredOutcome[]> {
    await this.#reach('outcomes');
    return this.#disk.outcomes.filter((stored) => stored.version > version);
  }

  async recordFailure(request: RequestKey, identity: Identity | null, error: WireError): Promise<Outcome> {
    await this.#reach('record');
    const stored = this.#find(request);
    if (stored !== undefined) return JSON.parse(stored.outcome) as Outcome;
    const outcome: Outcome = { ok: false, error };
    if (request.session !== null) this.#store(request, identity, outcome);
    await this.#reach('recorded');
    return outcome;
  }

  async #reach(name: string): Promise<void> {
    if (this.#isDead) throw new Error('The engine was ended.');
    await this.#step(name);
    if (this.#isDead) throw new Error('The engine was ended.');
  }

  async #perform(operation: TurnOperation, touched: Set<number>): Promise<OperationResult> {
    switch (operation.do) {
      case 'query':
        touched.delete(operation.query);
        return { do: 'query', answer: await this.#answer(operation) };
      case 'mutation':
        return await this.#mutate(operation.request, operation.call, touched);
      case 'pin': {
        const query = this.#live.get(operation.query);
        if (query !== undefined) query.pinned = operation.pinned;
        if (query !== undefined && operation.pinned) this.#unkept.add(operation.query);
        return { do: 'done' };
      }
      case 'forget':
        this.#forget(operation.query);
        return { do: 'done' };
      case 'keep':
        for (const number of [...this.#unkept].slice(0, operation.most)) {
          const query = this.#live.get(number);
          if (query?.pinned === true) this.#disk.kept.set(number, { query: { ...query }, isStale: false });
          else this.#disk.kept.delete(number);
          this.#unkept.delete(number);
        }
        return { do: 'done' };
      case 'resume':
        if (operation.isAll) {
          for (const number of this.#disk.kept.keys()) if (!operation.queries.includes(number)) this.#forget(number);
        }
        return { do: 'resumed', unknown: operation.queries.filter((number) => !this.#disk.kept.has(number)) };
      case 'forget-outcomes':
        this.#disk.outcomes = this.#disk.outcomes.filter(
          ({ request }) => request.session !== operation.session || Number(request.id) > operation.upTo,
        );
        return { do: 'done' };
      case 'sweep-outcomes':
        this.#disk.outcomes = this.#disk.outcomes.filter(({ at }) => at >= operation.before);
        return { do: 'done' };
      case 'job-finished':
        return { do: 'done' };
      case 'look':
        return this.#look(touched);
      case 'jobs':
        return { do: 'jobs', due: [] };
      case 'job':
        return { do: 'job', run: null, start: null };
      case 'move':
        await this.#reach('move');
        return { do: 'move', outcome: { ok: true, value: { move: 'done' } } };
      default:
        return operation satisfies never;
    }
  }

  async #answer({
    query,
    call,
    pinned,
    journal: earlier,
  }: {
    query: number;
    call: FunctionCall;
    pinned: boolean;
    journal?: string | undefined;
  }): Promise<Answer> {
    await this.#maybeLoop(call);
    this.runs.push(call.path);
    const { cell } = JSON.parse(call.args) as { cell: string };
    const readIdentity = call.path === 'cells:who';
    const journal = call.path === 'cells:page' ? (earlier ?? `ends at ${String(this.#disk.cells.get(cell))}`) : undefined;
    const value = {
      value: this.#disk.cells.get(cell) ?? null,
      ...(journal === undefined ? {} : { journal }),
      ...(readIdentity ? { who: call.identity?.subject ?? null } : {}),
    };
    const outcome: Outcome =
      call.path === 'cells:fail'
        ? { ok: false, error: { code: 'function/threw', message: `no ${cell}` } }
        : { ok: true, value: JSON.stringify(value) };
    const hash = `#${JSON.stringify(outcome)}`;
    if (outcome.ok || pinned) this.#live.set(query, { call, cell, pinned, hash, journal });
    if (pinned) this.#unkept.add(query);
    return {
      query,
      outcome,
      hash,
      readIdentity,
      readClock: call.path === 'cells:now',
      report: report(call),
      ...(journal === undefined ? {} : { journal }),
    };
  }

  async #mutate(request: RequestKey, call: FunctionCall, touched: Set<number>): Promise<OperationResult> {
    const stored = request.session === null ? undefined : this.#find(request);
    if (stored !== undefined) {
      return {
        do: 'mutation',
        outcome: JSON.parse(stored.outcome) as Outcome,
        version: stored.version,
        replayed: true,
        report: report(call),
      };
    }
    await this.#maybeLoop(call);
    const { cell, value, by } = JSON.parse(call.args) as { cell: string; value?: unknown; by?: number };
    if (call.path === 'cells:refuse') {
      const outcome: Outcome = { ok: false, error: { code: 'function/threw', message: 'no' } };
      if (request.session !== null) this.#store(request, call.identity, outcome);
      return { do: 'mutation', outcome, version: this.#disk.version, replayed: false, report: report(call) };
    }
    const next = by === undefined ? value : Number(this.#disk.cells.get(cell) ?? 0) + by;
    const outcome: Outcome = { ok: true, value: JSON.stringify(next ?? null) };
    this.#disk.cells.set(cell, next);
    this.#store(request, call.identity, outcome);
    const key = `${request.session} ${request.id}`;
    this.#disk.runs.set(key, (this.#disk.runs.get(key) ?? 0) + 1);
    this.#touch(cell, touched);
    return { do: 'mutation', outcome, version: this.#disk.version, replayed: false, report: report(call) };
  }

  #look(touched: Set<number>): OperationResult {
    const { outside } = this.#disk;
    this.#disk.outside = [];
    for (const cell of outside) this.#touch(cell, touched);
    return { do: 'looked', changed: outside.length, refused: 0 };
  }

  #touch(cell: string, touched: Set<number>): void {
    for (const [number, query] of this.#live) if (query.cell === cell) touched.add(number);
    for (const [number, kept] of this.#disk.kept) {
      if (kept.query.cell !== cell) continue;
      kept.isStale = true;
      touched.add(number);
      this.#unkept.add(number);
      if (!this.#live.has(number)) this.#live.set(number, kept.query);
    }
  }

  /** Memory is empty; what is kept goes on. Returns what is stale. */
  #wake(): Set<number> {
    this.#live.clear();
    this.#unkept.clear();
    const stale = [...this.#disk.kept].filter(([, { isStale }]) => isStale);
    for (const [number, { query }] of stale) this.#live.set(number, query);
    return new Set(stale.map(([number]) => number));
  }

  #forget(number: number): void {
    this.#live.delete(number);
    this.#disk.kept.delete(number);
    this.#unkept.delete(number);
  }

  async #maybeLoop(call: FunctionCall): Promise<void> {
    if (call.path.endsWith(':loop')) await this.#reach('loop');
    if (call.path.endsWith(':loop')) await new Promise(() => {});
  }

  #find(request: RequestKey): StoredOutcome | undefined {
    return this.#disk.outcomes.find((stored) => stored.request.session === request.session && stored.request.id === request.id);
  }

  #store(request: RequestKey, identity: Identity | null, outcome: Outcome): void {
    this.#disk.version += 1;
    this.#disk.outcomes.push({
      version: this.#disk.version,
      request,
      identity: identity?.tokenIdentifier ?? '',
      outcome: JSON.stringify(outcome),
      at: this.#disk.now(),
    });
  }
}

/** Starts engines on one disk, one at a time. */
export class FakeHost implements EngineHost {
  readonly disk: FakeDisk;
  step: Step = () => {};
  refusesMigration = false;
  planned: SchemaPlan = nothing;
  readonly started: string[] = [];
  engine: FakeEngine | null = null;
  #boots = 0;

  constructor(disk = new FakeDisk()) {
    this.disk = disk;
  }

  start(deployment: string): EngineDoor {
    if (this.engine !== null) return this.engine;
    this.started.push(deployment);
    this.#boots += 1;
    this.engine = new FakeEngine(this.disk, `boot ${this.#boots}`, (name) => this.step(name));
    this.engine.refusesMigration = this.refusesMigration;
    this.engine.planned = this.planned;
    return this.engine;
  }

  abort(): void {
    this.engine?.kill();
    this.engine = null;
  }
}

function report(call: FunctionCall) {
  return { path: call.path, milliseconds: 1, rowsRead: 1, rowsWritten: 0, lines: [] };
}
