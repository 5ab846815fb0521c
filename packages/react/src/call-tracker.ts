import { BetterBaseError, type CallError, isAppError, isBetterBaseError } from '@betterbase/client';
import { useCallback, useRef, useState } from 'react';

/** How the newest call stands. */
export type CallState<Args, Result> =
  | { readonly status: 'idle'; readonly args: undefined; readonly data: undefined; readonly error: null }
  | { readonly status: 'pending'; readonly args: Args; readonly data: undefined; readonly error: null }
  | { readonly status: 'success'; readonly args: undefined; readonly data: Result; readonly error: null }
  | { readonly status: 'error'; readonly args: undefined; readonly data: undefined; readonly error: CallError };

export interface Tracker<Args, Result> {
  readonly state: CallState<Args, Result>;
  /** Follows a call: its state is the one shown, until another call begins or `reset`. */
  readonly track: (args: Args, call: Promise<Result>) => Promise<Result>;
  readonly reset: () => void;
}

const idle = { status: 'idle', args: undefined, data: undefined, error: null } as const;

export function useCallTracker<Args, Result>(): Tracker<Args, Result> {
  const [state, setState] = useState<CallState<Args, Result>>(idle);
  const newest = useRef(0);
  const track = useCallback((args: Args, call: Promise<Result>): Promise<Result> => {
    newest.current += 1;
    const number = newest.current;
    const show = (next: CallState<Args, Result>): void => {
      if (newest.current === number) setState(next);
    };
    show({ status: 'pending', args, data: undefined, error: null });
    call.then(
      (data) => show({ status: 'success', args: undefined, data, error: null }),
      (error: unknown) => show({ status: 'error', args: undefined, data: undefined, error: toCallError(error) }),
    );
    return call;
  }, []);
  const reset = useCallback(() => {
    newest.current += 1;
    setState(idle);
  }, []);
  return { state, track, reset };
}

/** What is neither named nor the app's was thrown by an optimistic update, or by code of ours. */
function toCallError(error: unknown): CallError {
  if (isBetterBaseError(error) || isAppError(error)) return error;
  return new BetterBaseError('internal/unexpected', error instanceof Error ? error.message : String(error), { cause: error });
}
