import {
  type AnyDataModel,
  type ActionCtx,
  type DataModelFromSchema,
  functionDefinition,
  type FunctionReference,
  type FunctionReturnType,
  type GenericDataModel,
  getFunctionName,
  type MutationCtx,
  type OptionalArgs,
  type ProjectLimits,
  type QueryCtx,
  type SchemaDefinition,
  type UserIdentity,
  type Value,
} from '@betterbase/core';
import type { Identity } from '@betterbase/engine';
import type { TestModules } from './app-modules.ts';
import type { InlineFunction } from './inline-functions.ts';
import { type CallKind, TestBackend } from './test-backend.ts';
import { testIdentity } from './test-identity.ts';

/** A backend as one caller sees it. */
export interface TestCaller<Model extends GenericDataModel> {
  /** Runs a query: by reference, internal ones too, or a function written on the spot. */
  query<Ref extends FunctionReference<'query'>>(query: Ref, ...args: OptionalArgs<Ref>): Promise<FunctionReturnType<Ref>>;
  query<Output>(query: (ctx: QueryCtx<Model>) => Promise<Output>): Promise<Output>;
  mutation<Ref extends FunctionReference<'mutation'>>(mutation: Ref, ...args: OptionalArgs<Ref>): Promise<FunctionReturnType<Ref>>;
  mutation<Output>(mutation: (ctx: MutationCtx<Model>) => Promise<Output>): Promise<Output>;
  action<Ref extends FunctionReference<'action'>>(action: Ref, ...args: OptionalArgs<Ref>): Promise<FunctionReturnType<Ref>>;
  action<Output>(action: (ctx: ActionCtx<Model>) => Promise<Output>): Promise<Output>;
  /** Reads and writes the database as a mutation does: to prepare data, and to look at what is there. */
  run<Output>(work: (ctx: MutationCtx<Model>) => Promise<Output>): Promise<Output>;
  /** Sends a request to the routes of `http.ts`. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

export interface BetterBaseTest<Model extends GenericDataModel> extends TestCaller<Model> {
  /** The same backend, for somebody who is signed in. */
  withIdentity(identity: Partial<UserIdentity>): TestCaller<Model>;
  /** Runs the scheduled functions whose time has come, and waits until they are over. */
  finishInProgressScheduledFunctions(): Promise<void>;
  /**
   * Runs all scheduled functions, and those that they schedule. `advance` lets time pass: `vi.runAllTimers`, with fake timers.
   *
   * @throws Error when they never end
   */
  finishAllScheduledFunctions(advance: () => void): Promise<void>;
}

export interface BetterBaseTestOptions {
  /** Limits that differ from the defaults, as in `limits` of betterbase.config.ts. */
  readonly transactionLimits?: Partial<ProjectLimits>;
}

/**
 * A whole backend in this process, with the engine itself and a database of its own.
 *
 * @example
 * const t = betterbaseTest(schema, import.meta.glob('./**\/*.ts'));
 * await t.mutation(api.messages.send, { text: 'hi' });
 * expect(await t.query(api.messages.list)).toHaveLength(1);
 * @throws BetterBaseError from the first call on, when schema or functions are no good
 */
export function betterbaseTest<Schema extends SchemaDefinition>(
  schema: Schema,
  modules: TestModules,
  options?: BetterBaseTestOptions,
): BetterBaseTest<DataModelFromSchema<Schema>>;
export function betterbaseTest(schema: unknown, modules: TestModules, options?: BetterBaseTestOptions): BetterBaseTest<AnyDataModel>;
export function betterbaseTest(schema: unknown, modules: TestModules, options: BetterBaseTestOptions = {}): BetterBaseTest<AnyDataModel> {
  const backend = new TestBackend({ schema: schema ?? null, modules, limits: options.transactionLimits ?? {} });
  return {
    ...callerOf(backend, null),
    withIdentity: (identity) => callerOf(backend, testIdentity(identity)),
    finishInProgressScheduledFunctions: () => backend.jobs.finishInProgress(),
    finishAllScheduledFunctions: (advance) => backend.jobs.finishAll(advance),
  };
}

function callerOf(backend: TestBackend, identity: Identity | null): TestCaller<AnyDataModel> {
  // What comes back is whatever the function returned; the signatures above say it from the reference.
  const run = async (kind: CallKind, path: string, args: Value): Promise<never> => (await backend.run(kind, path, args, identity)) as never;
  const call =
    (kind: CallKind) =>
    (target: unknown, args: Value = {}): Promise<never> =>
      isInline(target)
        ? backend.inline.call(kind, target, (path, id) => run(kind, path, { ...id }))
        : run(kind, getFunctionName(target), args);
  return {
    query: call('query'),
    mutation: call('mutation'),
    action: call('action'),
    run: call('mutation'),
    fetch: (path, init) => backend.serve(new Request(new URL(path, 'https://test.betterbase.local'), init), identity),
  };
}

function isInline(target: unknown): target is InlineFunction {
  return typeof target === 'function' && functionDefinition(target) === null;
}
