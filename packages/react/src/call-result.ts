import type { ArgsOf, CallError, RestArgs, ResultOf } from '@betterbase/client';
import type { CallState } from './call-tracker.ts';

/** The two ways to call a function. They stay the same from render to render. */
export interface Calls<Ref> {
  /** Calls it. A failure shows in `error` and nowhere else. */
  readonly mutate: (...args: RestArgs<Ref>) => void;
  /** Calls it; the promise fails if the call does. */
  readonly mutateAsync: (...args: RestArgs<Ref>) => Promise<ResultOf<Ref>>;
}

/** A function to call, and how the newest call of it stands. */
export interface CallResult<Ref> extends Calls<Ref> {
  readonly status: 'idle' | 'pending' | 'success' | 'error';
  readonly isPending: boolean;
  readonly isSuccess: boolean;
  readonly isError: boolean;
  readonly data: ResultOf<Ref> | undefined;
  readonly error: CallError | null;
  /** What the call under way was given: to be shown before its result is there. */
  readonly optimisticData: ArgsOf<Ref> | undefined;
  /** Forgets how the newest call stands. The call itself goes on. */
  readonly reset: () => void;
}

export function createCalls<Ref>(call: (args: ArgsOf<Ref>) => Promise<ResultOf<Ref>>): Calls<Ref> {
  return {
    mutate: (...[args]) => {
      // The tracker shows what went wrong.
      call(toArgs<Ref>(args)).catch(() => {});
    },
    mutateAsync: (...[args]) => call(toArgs<Ref>(args)),
  };
}

/** Rest arguments are the argument object, or nothing where all of it may be left out. */
function toArgs<Ref>(args: unknown): ArgsOf<Ref> {
  return (args ?? {}) as ArgsOf<Ref>;
}

export function toCallResult<Ref>(
  calls: Calls<Ref>,
  { status, args, data, error }: CallState<ArgsOf<Ref>, ResultOf<Ref>>,
  reset: () => void,
): CallResult<Ref> {
  return {
    ...calls,
    status,
    isPending: status === 'pending',
    isSuccess: status === 'success',
    isError: status === 'error',
    data,
    error,
    optimisticData: args,
    reset,
  };
}
