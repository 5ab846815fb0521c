/** A function call as a watchdog outside hears of it. `session` and `id`: of the request that a mutation carries out. */
export interface RunningFunction {
  readonly path: string;
  readonly kind: 'query' | 'mutation' | 'action' | 'http';
  readonly requestId: string;
  readonly session?: string | null;
  readonly id?: string | number | null;
}

/**
 * Prints that a function starts and that it has ended, so that the call in which the process stopped answering can be named.
 *
 * @param print null: nobody listens, and nothing is printed
 */
export async function announced<T>(print: ((line: string) => void) | null, running: RunningFunction, run: () => Promise<T>): Promise<T> {
  if (print === null) return await run();
  print(`\u0001BB ${JSON.stringify({ running })}`);
  try {
    return await run();
  } finally {
    print(`\u0001BB ${JSON.stringify({ finished: running.requestId })}`);
  }
}
