import { DatabaseSync } from 'node:sqlite';
import {
  type AnyDataModel,
  BetterBaseError,
  decodeFromJson,
  encodeToJson,
  isBetterBaseError,
  type ProjectLimits,
  type QueryCtx,
  type Value,
} from '@betterbase/core';
import {
  type ActionHost,
  type AppModule,
  EdgeRunner,
  errorFromWire,
  type FunctionCall,
  type Identity,
  type OperationResult,
  type Outcome,
  ReactiveEngine,
  type TurnOperation,
} from '@betterbase/engine';
import { EmbeddedStore, embeddedStatements, nodeDisk } from '@betterbase/providers';
import type { LogLine } from '@betterbase/protocol';
import { loadAppModules, type TestModules } from './app-modules.ts';
import { engineHost, runInside } from './guest-scope.ts';
import { InlineFunctions } from './inline-functions.ts';
import { TestJobs } from './test-jobs.ts';

export type CallKind = 'query' | 'mutation' | 'action';

export interface BackendParts {
  readonly schema: unknown;
  readonly modules: TestModules;
  readonly limits: Partial<ProjectLimits>;
}

interface Running {
  readonly engine: ReactiveEngine;
  readonly edge: EdgeRunner;
}

const deployment = 'test';

/**
 * A whole backend in this process: the engine on SQLite in memory, and the runner of actions and routes beside it.
 *
 * Holds: its own data. Starts with the first call.
 * Does not hold: sockets, subscriptions.
 */
export class TestBackend {
  readonly inline = new InlineFunctions();
  readonly jobs = new TestJobs({ now: engineHost().now, nextTime: () => this.#nextTime(), runDue: () => this.#runDue() });
  readonly #parts: BackendParts;
  #running: Promise<Running> | null = null;
  #calls = 0;

  constructor(parts: BackendParts) {
    this.#parts = parts;
  }

  /** @throws BetterBaseError, AppError: what the function ended in, as a caller elsewhere would get it. */
  async run(kind: CallKind, path: string, args: Value, identity: Identity | null): Promise<Value> {
    const outcome = await this.#call(kind, path, encodeToJson(args), identity);
    if (outcome.ok) return decodeFromJson(outcome.value);
    throw errorFromWire(outcome.error);
  }

  /** @throws whatever the route's handler throws. */
  async serve(request: Request, identity: Identity | null): Promise<Response> {
    const { edge } = await this.#started();
    const { pathname } = new URL(request.url);
    try {
      const origin = { ip: null, userAgent: request.headers.get('user-agent') };
      return await edge.serve(request, pathname, { identity, requestId: this.#nextId(), origin }, this.#host(identity));
    } catch (error) {
      if (isBetterBaseError(error) && error.code === 'http/not-found') return new Response(error.message, { status: 404 });
      throw error;
    }
  }

  async #call(kind: CallKind, path: string, args: string, identity: Identity | null): Promise<Outcome> {
    const { engine, edge } = await this.#started();
    const call: FunctionCall = { path, args, identity, reach: 'any', requestId: this.#nextId() };
    if (kind === 'action') return (await edge.runAction(call, this.#host(identity))).outcome;
    const { outcome, wakeAt } = await answer(engine, operationOf(kind, call));
    if (kind === 'mutation' && wakeAt !== null) await this.jobs.plan();
    return outcome;
  }

  /** When the next function that is scheduled is to run. */
  async #nextTime(): Promise<number | null> {
    const earliest = async ({ db }: QueryCtx<AnyDataModel>): Promise<number | null> => {
      const waiting = (await db.system.query('_scheduled_functions').collect()).filter(({ state }) => state.kind === 'pending');
      return waiting.length === 0 ? null : Math.ceil(Math.min(...waiting.map(({ scheduledTime }) => scheduledTime)));
    };
    const next = await this.inline.call('query', earliest, (path, id) => this.run('query', path, { ...id }, null));
    return typeof next === 'number' ? next : null;
  }

  /** As the switchboard does it, one job after the other. */
  async #runDue(): Promise<void> {
    const { engine, edge } = await this.#started();
    const [found] = await turn(engine, { do: 'jobs' });
    for (const job of found?.do === 'jobs' ? found.due : []) {
      const [result] = await turn(engine, { do: 'job', job, requestId: this.#nextId() });
      if (result?.do !== 'job') continue;
      result.run?.report.lines.forEach(print);
      if (result.start === null) continue;
      const { outcome } = await edge.runAction(result.start, this.#host(null));
      await turn(engine, { do: 'job-finished', job, error: outcome.ok ? null : outcome.error.message });
    }
  }

  #host(identity: Identity | null): ActionHost {
    return { run: (kind, path, args) => this.#call(kind, path, args, identity) };
  }

  #nextId(): string {
    this.#calls++;
    return `test-${this.#calls}`;
  }

  #started(): Promise<Running> {
    this.#running ??= this.#start();
    return this.#running;
  }

  async #start(): Promise<Running> {
    const { schema, modules, limits } = this.#parts;
    const loaded = await loadAppModules(modules, schema);
    const app: AppModule = { ...loaded, modules: { ...loaded.modules, ...this.inline.modules }, limits };
    const host = engineHost();
    // What is loaded inside a run may take the test along into it: what comes after it would have the globals of functions.
    const store = new EmbeddedStore(nodeDisk(new DatabaseSync(':memory:')), async () => ({ embeddedStatements }));
    const engine = new ReactiveEngine({
      app,
      store,
      host,
      isDevelopment: true,
      project: deployment,
      runsQueriesTwice: false,
    });
    const migrated = await engine.migrate(deployment);
    if (!migrated.ok) throw errorFromWire(migrated.error);
    return {
      engine,
      edge: new EdgeRunner({ app, now: host.now, isDevelopment: true, project: deployment, withLog: (_log, work) => work() }),
    };
  }
}

function operationOf(kind: 'query' | 'mutation', call: FunctionCall): TurnOperation {
  if (kind === 'query') return { do: 'query', query: 1, call, pinned: false };
  return { do: 'mutation', request: { session: null, id: call.requestId }, call };
}

async function turn(engine: ReactiveEngine, operation: TurnOperation): Promise<readonly OperationResult[]> {
  const done = await runInside(() => engine.turn({ boot: engine.boot, deployment, operations: [operation] }));
  return done.state === 'done' ? done.results : [];
}

async function answer(
  engine: ReactiveEngine,
  operation: TurnOperation,
): Promise<{ readonly outcome: Outcome; readonly wakeAt: number | null }> {
  const [result] = await turn(engine, operation);
  if (result === undefined || (result.do !== 'query' && result.do !== 'mutation'))
    throw new BetterBaseError('internal/unexpected', 'The engine of this test gave no answer.');
  const { outcome, report } = result.do === 'query' ? result.answer : result;
  report.lines.forEach(print);
  return { outcome, wakeAt: (await engine.status()).wakeAt };
}

function print({ level, text }: LogLine): void {
  console[level](text);
}
