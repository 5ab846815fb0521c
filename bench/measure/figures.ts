/** What one timed stretch of work came to, and how stretches of several rounds become one. */
import { cpuSeconds } from './process.ts';

/** Rates are per second, times in milliseconds, `cpu` and `load` in milliseconds of CPU per operation (server, generator). */
export type FigureName = 'rate' | 'p50' | 'p99' | 'cpu' | 'load' | 'rows' | 'bytes' | 'recall';
export type Figures = Readonly<Partial<Record<FigureName, number>>>;

/** Takes the times of single operations; `Float64Array` so that measuring does not make garbage. */
export class Stopwatch {
  readonly #times: Float64Array;
  #count = 0;

  constructor(capacity: number) {
    this.#times = new Float64Array(capacity);
  }

  record(milliseconds: number): void {
    this.#times[this.#count++] = milliseconds;
  }

  get count(): number {
    return this.#count;
  }

  percentile(share: number): number {
    const sorted = this.#times.subarray(0, this.#count).toSorted();
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  }
}

/** Runs `work` and says how fast it went and what it cost the server process. */
export async function timed(server: number | null, operations: number, work: (stopwatch: Stopwatch) => Promise<void>): Promise<Figures> {
  const stopwatch = new Stopwatch(operations);
  const serverBefore = server === null ? Number.NaN : cpuSeconds(server);
  const loadBefore = process.cpuUsage();
  const start = performance.now();
  await work(stopwatch);
  const milliseconds = performance.now() - start;
  const load = process.cpuUsage(loadBefore);
  const serverAfter = server === null ? Number.NaN : cpuSeconds(server);
  return {
    rate: (stopwatch.count / milliseconds) * 1000,
    p50: stopwatch.percentile(0.5),
    p99: stopwatch.percentile(0.99),
    cpu: ((serverAfter - serverBefore) * 1000) / stopwatch.count,
    load: (load.user + load.system) / 1000 / stopwatch.count,
  };
}

/** The median of each figure over the rounds. */
export function summarize(rounds: readonly Figures[]): Figures {
  const names = new Set(rounds.flatMap((figures) => Object.keys(figures) as FigureName[]));
  const summary: Partial<Record<FigureName, number>> = {};
  for (const name of names) summary[name] = median(rounds.map((figures) => figures[name] ?? Number.NaN));
  return summary;
}

export function median(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
