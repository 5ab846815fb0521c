import { type ArgsOf, type FunctionLike, pathOf, type ResultOf } from '@betterbase/client';
import { useMemo } from 'react';
import { type CallResult, createCalls, toCallResult } from './call-result.ts';
import { useCallTracker } from './call-tracker.ts';
import { useClient } from './provider.tsx';

/** An action to call, and how the newest call of it stands. */
export function useAction<Ref extends FunctionLike<'action'>>(ref: Ref): CallResult<Ref> {
  const client = useClient();
  const path = pathOf(ref);
  const { state, track, reset } = useCallTracker<ArgsOf<Ref>, ResultOf<Ref>>();
  const calls = useMemo(() => createCalls<Ref>((args) => track(args, client.unchecked.action(path, args))), [client, path, track]);
  return useMemo(() => toCallResult(calls, state, reset), [calls, state, reset]);
}
