/** Runs workloads on the systems in turn: round by round, one system at a time, the order swapped in every other round. */
import { type Figures, summarize } from './measure/figures.ts';
import type { Results } from './report/verdict.ts';
import type { Scale } from './workloads/scale.ts';
import type { Subject, Workload } from './workloads/workload.ts';

/** No workload takes this long unless an answer has gone missing. */
const longestRunMilliseconds = 180_000;

export interface Comparison {
  readonly summary: Results;
  readonly rounds: Readonly<Record<string, Readonly<Record<string, readonly Figures[]>>>>;
}

export async function compare(
  subjects: readonly Subject[],
  workloads: readonly Workload[],
  scale: Scale,
  progress: (line: string) => void,
): Promise<Comparison> {
  const rounds: Record<string, Record<string, Figures[]>> = {};
  for (const workload of workloads) {
    for (const subject of workload.prepare === undefined ? [] : subjects) {
      progress(`${subject.system.driver.name}  fills tables for ${workload.name}`);
      await workload.prepare?.(subject, scale);
    }
    for (let round = 0; round < Math.min(scale.rounds, workload.mostRounds ?? scale.rounds); round++) {
      for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
        const { name } = subject.system.driver;
        const measured = await inTime(workload.run(subject, scale), `${workload.name} of ${name}`);
        for (const [label, figures] of Object.entries(measured)) {
          ((rounds[label] ??= {})[name] ??= []).push(figures);
          progress(
            `round ${round + 1}  ${name}  ${label}  ${Object.entries(figures)
              .map(([figure, value]) => `${figure} ${value.toPrecision(3)}`)
              .join('  ')}`,
          );
        }
      }
    }
  }
  const summary = Object.fromEntries(
    Object.entries(rounds).map(([label, systems]) => [
      label,
      Object.fromEntries(Object.entries(systems).map(([system, all]) => [system, summarize(all)])),
    ]),
  );
  return { summary, rounds };
}

async function inTime<T>(work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what} did not finish in ${longestRunMilliseconds} ms: an answer is missing.`)),
      longestRunMilliseconds,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
