import { type FunctionLike, pathOf, type RestArgs, type ResultOf } from '@betterbase/client';
import { useMemo } from 'react';
import { useClient } from '../provider.tsx';

/** Calls the action. */
export type ReactAction<Ref> = (...args: RestArgs<Ref>) => Promise<ResultOf<Ref>>;

export function useAction<Ref extends FunctionLike<'action'>>(ref: Ref): ReactAction<Ref> {
  const client = useClient();
  const path = pathOf(ref);
  return useMemo(
    () =>
      (...[args]) =>
        client.unchecked.action(path, args),
    [client, path],
  );
}
