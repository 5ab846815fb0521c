import { type ArgsOf, type FunctionLike, type OptimisticUpdate, pathOf, type ResultOf } from '@betterbase/client';
import { useMemo } from 'react';
import { type CallResult, createCalls, toCallResult } from './call-result.ts';
import { useCallTracker } from './call-tracker.ts';
import { useClient } from './provider.tsx';

export interface MutationResult<Ref> extends CallResult<Ref> {
  /** The same mutation, with what queries show until its result is there. */
  readonly withOptimisticUpdate: (update: OptimisticUpdate<Ref>) => CallResult<Ref>;
}

/**
 * A mutation to call, and how the newest call of it stands.
 *
 * @example
 * const add = useMutation(api.mutations.todos.add);
 * <button disabled={add.isPending} onClick={() => add.mutate({ text })}>Add</button>
 */
export function useMutation<Ref extends FunctionLike<'mutation'>>(
  ref: Ref,
  options: { readonly optimistic?: OptimisticUpdate<Ref> } = {},
): MutationResult<Ref> {
  const client = useClient();
  const path = pathOf(ref);
  const { optimistic } = options;
  const { state, track, reset } = useCallTracker<ArgsOf<Ref>, ResultOf<Ref>>();
  const callsWith = useMemo(() => {
    return (update: OptimisticUpdate<Ref> | undefined) =>
      createCalls<Ref>((args) => track(args, client.unchecked.mutation(path, args, { optimistic: update })));
  }, [client, path, track]);
  const calls = useMemo(() => callsWith(optimistic), [callsWith, optimistic]);
  return useMemo(
    () => ({
      ...toCallResult(calls, state, reset),
      withOptimisticUpdate: (update) => toCallResult(callsWith(update), state, reset),
    }),
    [calls, callsWith, state, reset],
  );
}
