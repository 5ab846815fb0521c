import { BetterBaseError } from '../errors/betterbase-error.ts';
import type { AnyDataModel } from '../schema/data-model.ts';
import type { AnyValue } from '../validators/any.ts';
import { toValidator } from '../validators/object.ts';
import type { Validator } from '../validators/validator.ts';
import { isPlainObject } from '../values/value.ts';
import type { ActionBuilder, MutationBuilder, QueryBuilder } from './function-builder.ts';
import type { FunctionDefinition } from './function-definition.ts';
import type { FunctionKind, Visibility } from './function-kind.ts';
import { registerFunction } from './registered-function.ts';

/**
 * A function that reads, and is run again for those who watch it when what it read changes.
 *
 * @example
 * export const list = query({
 *   args: { channel: v.id('channels') },
 *   handler: (ctx, { channel }) => ctx.db.query('messages').withIndex('by_channel', (q) => q.eq('channel', channel)).collect(),
 * });
 */
export const query = builder<QueryBuilder<AnyDataModel, 'public'>>('query', 'public');
/** A query that clients cannot call. */
export const internalQuery = builder<QueryBuilder<AnyDataModel, 'internal'>>('query', 'internal');

/**
 * A function that reads and writes, all of it or nothing, one at a time.
 *
 * @example
 * export const send = mutation({
 *   args: { text: v.string() },
 *   handler: (ctx, { text }) => ctx.db.insert('messages', { text }),
 * });
 */
export const mutation = builder<MutationBuilder<AnyDataModel, 'public'>>('mutation', 'public');
/** A mutation that clients cannot call. */
export const internalMutation = builder<MutationBuilder<AnyDataModel, 'internal'>>('mutation', 'internal');

/** A function that may use the network, the time and chance. It reaches data through `ctx.runQuery` and `ctx.runMutation`. */
export const action = builder<ActionBuilder<AnyDataModel, 'public'>>('action', 'public');
/** An action that clients cannot call. */
export const internalAction = builder<ActionBuilder<AnyDataModel, 'internal'>>('action', 'internal');

/** Convex's names. */
export {
  action as actionGeneric,
  internalAction as internalActionGeneric,
  internalMutation as internalMutationGeneric,
  internalQuery as internalQueryGeneric,
  mutation as mutationGeneric,
  query as queryGeneric,
};

function builder<Builder>(kind: FunctionKind, visibility: Visibility): Builder {
  // The types of `Builder` cannot be computed from what is known here; `readDefinition` checks at run time what they say.
  return ((given: unknown) => registerFunction({ kind, visibility, ...readDefinition(kind, given) })) as Builder;
}

type Given = Pick<FunctionDefinition, 'args' | 'returns' | 'handler' | 'optimistic'>;

function readDefinition(kind: FunctionKind, given: unknown): Given {
  if (isHandler(given)) return { args: null, returns: null, handler: given, optimistic: null };
  if (!isPlainObject(given) || !isHandler(given['handler'])) {
    throw new BetterBaseError('function/bad-definition', `${kind}(…) needs a handler.`, {
      hint: `Write ${kind}({ args: {}, handler: async (ctx, args) => { … } }).`,
    });
  }
  const { args, returns, handler, optimistic } = given;
  if (optimistic !== undefined && !isHandler(optimistic)) {
    throw new BetterBaseError('function/bad-definition', `${kind}(…): optimistic is a function (store, args) => void.`);
  }
  return { args: readValidator(args), returns: readValidator(returns), handler, optimistic: optimistic ?? null };
}

function isHandler(value: unknown): value is (...args: AnyValue[]) => unknown {
  return typeof value === 'function';
}

function readValidator(given: unknown): Validator | null {
  return given === undefined || given === null ? null : toValidator(given);
}
