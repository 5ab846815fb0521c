/** One whole run: starts the systems, fills them, compares them, and measures what only ours has. */
import { bareDriver } from './bare/driver.ts';
import { type Comparison, compare } from './compare.ts';
import type { Driver } from './load/driver.ts';
import { ourDriver } from './ours/driver.ts';
import { adminKey, project } from './ours/project.ts';
import { measureProviders } from './providers/measure.ts';
import { rows } from './report/targets.ts';
import { judge, type Results, type Verdict } from './report/verdict.ts';
import { RunningSystem } from './server/running.ts';
import { measureCountedRows } from './workloads/counted-rows.ts';
import { fillSystem } from './workloads/data.ts';
import { workloads } from './workloads/index.ts';
import { measureSaves } from './workloads/save.ts';
import type { Scale } from './workloads/scale.ts';
import { measureSizes } from './workloads/sizes.ts';
import type { Subject } from './workloads/workload.ts';
import type { Figures } from './measure/figures.ts';

export interface BenchmarkRequest {
  readonly scale: Scale;
  /** Names of workloads; null: all. */
  readonly only: readonly string[] | null;
  /** Null: both, side by side. */
  readonly system: Driver['name'] | null;
  readonly progress: (line: string) => void;
}

export interface BenchmarkResult extends Comparison {
  readonly verdicts: readonly Verdict[];
}

const systems: readonly { readonly driver: Driver; readonly host: URL }[] = [
  { driver: ourDriver(project, adminKey), host: new URL('./ours/host.ts', import.meta.url) },
  { driver: bareDriver, host: new URL('./bare/host.ts', import.meta.url) },
];

type Progress = BenchmarkRequest['progress'];

/** Measured apart: of ours alone, or beside baselines of its own. */
const apart: Readonly<Record<string, (scale: Scale, progress: Progress) => Promise<Results>>> = {
  save: async ({ saves }) => ofOurs(await measureSaves(saves)),
  'counted-rows': async (scale) => ofOurs(await measureCountedRows(scale)),
  sizes: async () => ofOurs(await measureSizes()),
  providers: measureProviders,
};

export const workloadNames: readonly string[] = [...workloads.map(({ name }) => name), ...Object.keys(apart)];

export async function runBenchmark({ scale, only, system, progress }: BenchmarkRequest): Promise<BenchmarkResult> {
  const wants = (name: string): boolean => only === null || only.includes(name);
  const chosen = workloads.filter(({ name }) => wants(name));
  const comparison =
    chosen.length === 0
      ? { summary: {}, rounds: {} }
      : await compareSystems(system, (subjects) => compare(subjects, chosen, scale, progress), scale, progress);
  let summary: Results = comparison.summary;
  for (const [name, measure] of Object.entries(apart)) {
    if (!wants(name) || system === 'bare') continue;
    progress(`ours  ${name}`);
    summary = { ...summary, ...(await measure(scale, progress)) };
  }
  return { summary, rounds: comparison.rounds, verdicts: judge(rows, summary) };
}

function ofOurs(all: Readonly<Record<string, Figures>>): Results {
  return Object.fromEntries(Object.entries(all).map(([label, figures]) => [label, { ours: figures }]));
}

async function compareSystems(
  only: Driver['name'] | null,
  work: (subjects: readonly Subject[]) => Promise<Comparison>,
  scale: Scale,
  progress: (line: string) => void,
): Promise<Comparison> {
  const running: RunningSystem[] = [];
  try {
    const subjects: Subject[] = [];
    for (const { driver, host } of systems) {
      if (only !== null && only !== driver.name) continue;
      const system = await RunningSystem.start(driver, host, null);
      running.push(system);
      progress(`${driver.name} serves at ${system.url.href}`);
      subjects.push({ system, data: await fillSystem(system, scale) });
    }
    return await work(subjects);
  } finally {
    await Promise.all(running.map((system) => system.stop()));
  }
}
