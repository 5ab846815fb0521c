import { type FunctionReference, makeFunctionReference } from '@betterbase/core';

/** References to the functions of an app that only exists in tests. */
export const todos: {
  readonly list: FunctionReference<'query', 'public', { owner: string }, string[]>;
  readonly count: FunctionReference<'query', 'public', Record<never, never>, number>;
  readonly add: FunctionReference<'mutation', 'public', { owner: string; text: string }, string>;
  readonly export: FunctionReference<'action', 'public', { format?: 'csv' | 'json' }, string>;
} = {
  list: makeFunctionReference('todos:list'),
  count: makeFunctionReference('todos:count'),
  add: makeFunctionReference('todos:add'),
  export: makeFunctionReference('todos:export'),
};
