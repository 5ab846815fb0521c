/** A whole engine in this process: the real one, on a store of your choice, with real time and chance. */
import {
  type AppModule,
  type FunctionCall,
  type HostGlobals,
  type OperationResult,
  type Outcome,
  ReactiveEngine,
  saveHostGlobals,
  type TurnOperation,
  type TurnResult,
} from '@betterbase/engine';
import { decodeFromJson, encodeToJson, type ProjectLimits, type Value } from '@betterbase/core';

type Store = ConstructorParameters<typeof ReactiveEngine>[0]['store'];
type DoneTurn = Extract<TurnResult, { state: 'done' }>;

export interface TestEngineOptions {
  readonly app: Partial<AppModule>;
  readonly store: Store;
  readonly host?: HostGlobals;
  readonly limits?: Partial<ProjectLimits>;
  readonly isDevelopment?: boolean;
  readonly deployment?: string;
}

/**
 * Drives a `ReactiveEngine` the way the switchboard does, one turn a call.
 *
 * @throws Error when the schema cannot be applied.
 */
export class TestEngine {
  readonly engine: ReactiveEngine;
  readonly #deployment: string;
  readonly #create: () => ReactiveEngine;
  #requests = 0;
  #isNew: boolean;

  constructor(create: () => ReactiveEngine, deployment: string, { isNew = false }: { readonly isNew?: boolean } = {}) {
    this.engine = create();
    this.#create = create;
    this.#deployment = deployment;
    this.#isNew = isNew;
  }

  static async start(options: TestEngineOptions): Promise<TestEngine> {
    const { app, store, host = saveHostGlobals(globalThis), limits, isDevelopment = true, deployment = 'd1' } = options;
    const print = isDevelopment ? { print: () => undefined } : {};
    const create = (): ReactiveEngine =>
      new ReactiveEngine({
        app: { modules: {}, schema: null, http: null, limits, ...app },
        store,
        host: { ...host, ...print },
        isDevelopment,
      });
    const started = new TestEngine(create, deployment);
    const migrated = await started.engine.migrate(deployment);
    if (!migrated.ok) throw new Error(`${migrated.error.code}: ${migrated.error.message}`, { cause: migrated.error });
    return started;
  }

  /** The engine as it is after its memory was lost: what it knows is what is on disk. */
  reborn(): TestEngine {
    return new TestEngine(this.#create, this.#deployment, { isNew: true });
  }

  /** Puts all that is watched on disk. */
  async keep(): Promise<void> {
    while ((await this.turn([{ do: 'keep', most: 100 }])).unkept > 0);
  }

  call(path: string, args: Value = {}): FunctionCall {
    this.#requests++;
    return { path, args: encodeToJson(args), identity: null, reach: 'public', requestId: `r${this.#requests}` };
  }

  async turn(operations: readonly TurnOperation[]): Promise<DoneTurn> {
    const boot = this.#isNew ? null : this.engine.boot;
    this.#isNew = false;
    const result = await this.engine.turn({ boot, deployment: this.#deployment, operations });
    if (result.state !== 'done') throw new Error(`The engine answered ${result.state}.`);
    return result;
  }

  async query(path: string, args: Value = {}): Promise<Outcome> {
    const { results } = await this.turn([
      { do: 'query', query: -1, call: this.call(path, args), pinned: false },
      { do: 'forget', query: -1 },
    ]);
    const [first] = results;
    if (first?.do !== 'query') throw new Error('A query was answered with something else.');
    return first.answer.outcome;
  }

  async mutation(path: string, args: Value = {}): Promise<Outcome> {
    return mutationOutcome((await this.turn([this.mutationOperation(path, args)])).results[0]);
  }

  mutationOperation(path: string, args: Value = {}): TurnOperation {
    const call = this.call(path, args);
    return { do: 'mutation', request: { session: null, id: call.requestId }, call };
  }
}

export function mutationOutcome(result: OperationResult | undefined): Outcome {
  if (result?.do !== 'mutation') throw new Error('A mutation was answered with something else.');
  return result.outcome;
}

/** The value of an outcome. @throws Error when it failed. */
export function valueOf(outcome: Outcome): Value {
  if (outcome.ok) return decodeFromJson(outcome.value);
  throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
}
