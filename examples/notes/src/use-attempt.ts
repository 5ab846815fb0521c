import { useState } from 'react';
import { sayError } from './say-error';

interface Result {
  readonly error: Error | null;
}

/** One thing at a time that may be refused: whether it is under way, and what became of it. */
export function useAttempt() {
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  /** Returns whether it was done. */
  async function attempt(work: () => Promise<Result>): Promise<boolean> {
    setIsBusy(true);
    setProblem(null);
    const { error } = await work();
    setIsBusy(false);
    if (error !== null) setProblem(sayError(error));
    return error === null;
  }

  return { isBusy, problem, attempt };
}
