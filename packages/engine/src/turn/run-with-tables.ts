import { BetterBaseError } from '@betterbase/core';
import type { FinishedRun } from '../run/function-runner.ts';
import { toFailure } from '../run/wire-failure.ts';
import type { FunctionCall } from './turn.ts';

/** A function that chooses the names of its tables by chance would never have all of them. */
const mostRounds = 100;

export interface Attempts {
  readonly call: FunctionCall;
  readonly isDevelopment: boolean;
  /** Runs the mutation on the tables that there are. */
  readonly run: () => Promise<FinishedRun>;
  /** @throws BetterBaseError when there cannot be such tables */
  readonly make: (tables: ReadonlySet<string>) => Promise<void>;
}

/** Runs a mutation. Where it inserts into tables that are not there, although they may be, they are made and it runs again. */
export async function runWithTables({ call, isDevelopment, run, make }: Attempts): Promise<FinishedRun> {
  for (let round = 0; ; round++) {
    const finished = await run();
    if (finished.missingTables.size === 0) return finished;
    try {
      if (round === mostRounds) throw tooManyTables(call.path);
      await make(finished.missingTables);
    } catch (refused) {
      return { ...finished, outcome: { ok: false, error: toFailure(refused, { ...call, isDevelopment }).error }, writes: [] };
    }
  }
}

function tooManyTables(path: string): BetterBaseError {
  return new BetterBaseError('schema/too-many-tables', `\`${path}\` inserts into more than ${mostRounds} tables that were not there.`, {
    hint: 'Make fewer tables at once.',
  });
}
