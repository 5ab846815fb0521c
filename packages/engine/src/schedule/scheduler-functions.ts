import {
  BetterBaseError,
  functionDefinition,
  getFunctionName,
  internalMutation,
  type Scheduler as PromisedScheduler,
  type Value,
  v,
} from '@betterbase/core';
import type { AppFunction } from '../run/app-function.ts';
import { checkDelay, checkTime } from './job-call.ts';

const schedulePath = '_system/scheduler:runAt';
const cancelPath = '_system/scheduler:cancel';

/** `ctx.scheduler` as it is whatever the app's functions are. */
interface AnyScheduler {
  runAt(at: unknown, reference: unknown, args: unknown): Promise<string>;
  cancel(id: unknown): Promise<void>;
}
interface Context {
  readonly scheduler: AnyScheduler;
}

/** Mutations that every project has, through which its actions schedule. */
export const schedulerFunctions: ReadonlyMap<string, AppFunction> = new Map([
  systemMutation(
    schedulePath,
    internalMutation({
      args: { at: v.number(), path: v.string(), args: v.any() },
      handler: async ({ scheduler }: Context, { at, path, args }) => await scheduler.runAt(at, path, args),
    }),
  ),
  systemMutation(
    cancelPath,
    internalMutation({ args: { id: v.string() }, handler: async ({ scheduler }: Context, { id }) => await scheduler.cancel(id) }),
  ),
]);

/** `ctx.scheduler` of an action: every call is a mutation of its own. */
export function actionScheduler(now: () => number, runMutation: (path: string, args: Value) => Promise<Value>): object {
  const schedule = (at: number, reference: unknown, args: unknown = {}): Promise<Value> =>
    runMutation(schedulePath, { at, path: getFunctionName(reference), args: args as Value });
  return {
    runAfter: async (delay: unknown, reference: unknown, args?: unknown) => await schedule(now() + checkDelay(delay), reference, args),
    runAt: async (time: unknown, reference: unknown, args?: unknown) => await schedule(checkTime(time, now()), reference, args),
    cancel: async (id: unknown) => {
      if (typeof id !== 'string')
        throw new BetterBaseError('document/bad-id', 'This is not the id of a scheduled function.', {
          hint: 'runAfter and runAt return it.',
        });
      await runMutation(cancelPath, { id });
    },
  } satisfies { readonly [Method in keyof PromisedScheduler]: unknown };
}

function systemMutation(path: string, registered: unknown): [string, AppFunction] {
  const definition = functionDefinition(registered);
  if (definition?.kind !== 'mutation') throw new Error(`${path} is no mutation.`);
  return [path, { path, definition: { ...definition, kind: definition.kind } }];
}
