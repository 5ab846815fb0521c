import { BetterBaseError, type FunctionLike, type OptimisticUpdate, pathOf, type RestArgs, type ResultOf } from '@betterbase/client';
import { useMemo } from 'react';
import { useClient } from '../provider.tsx';

/** Calls the mutation. */
export interface ReactMutation<Ref> {
  (...args: RestArgs<Ref>): Promise<ResultOf<Ref>>;
  /** The same mutation, with what queries show until its result is there. */
  withOptimisticUpdate(update: OptimisticUpdate<Ref>): ReactMutation<Ref>;
}

export function useMutation<Ref extends FunctionLike<'mutation'>>(ref: Ref): ReactMutation<Ref> {
  const client = useClient();
  const path = pathOf(ref);
  return useMemo(() => {
    const create = (optimistic: OptimisticUpdate<Ref> | undefined): ReactMutation<Ref> =>
      Object.assign((...[args]: RestArgs<Ref>) => client.unchecked.mutation<ResultOf<Ref>>(path, args, { optimistic }), {
        withOptimisticUpdate(update: OptimisticUpdate<Ref>): ReactMutation<Ref> {
          if (optimistic === undefined) return create(update);
          throw new BetterBaseError('function/not-allowed-here', `"${path}" has an optimistic update already.`, {
            hint: 'Put both into one function.',
          });
        },
      });
    return create(undefined);
  }, [client, path]);
}
