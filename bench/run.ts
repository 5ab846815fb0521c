/**
 * `npm run bench`: ours beside the bare baseline, in one run.
 *
 * `--quick` fewer operations · `--rounds <n>` · `--only <workload>` (may be repeated) · `--system ours|bare` just one of them
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { bareDriver } from './bare/driver.ts';
import { compare } from './compare.ts';
import { ourDriver } from './ours/driver.ts';
import { adminKey, project } from './ours/project.ts';
import { figuresTable, verdictTable } from './report/table.ts';
import { rows } from './report/targets.ts';
import { judge } from './report/verdict.ts';
import { RunningSystem } from './server/running.ts';
import { fillSystem } from './workloads/data.ts';
import { workloads } from './workloads/index.ts';
import { fullScale, quickScale, type Scale } from './workloads/scale.ts';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string', multiple: true },
    system: { type: 'string' },
  },
});
const base = flags.quick ? quickScale : fullScale;
const scale: Scale = flags.rounds === undefined ? base : { ...base, rounds: Number(flags.rounds) };
const chosen = workloads.filter(({ name }) => flags.only?.includes(name) ?? true);
const say = (line: string): void => console.error(line);

const systems: RunningSystem[] = [];
try {
  const subjects = [];
  for (const { driver, host } of [
    { driver: ourDriver(project, adminKey), host: new URL('./ours/host.ts', import.meta.url) },
    { driver: bareDriver, host: new URL('./bare/host.ts', import.meta.url) },
  ]) {
    if (flags.system !== undefined && flags.system !== driver.name) continue;
    const system = await RunningSystem.start(driver, host, null);
    systems.push(system);
    say(`${driver.name} serves at ${system.url.href}`);
    subjects.push({ system, data: await fillSystem(system, scale) });
  }
  const { summary, rounds } = await compare(subjects, chosen, scale, say);
  const verdicts = judge(rows, summary);
  const folder = new URL('./results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
  const file = new URL(`${new Date().toISOString().replaceAll(':', '-')}.json`, folder);
  writeFileSync(file, JSON.stringify({ at: new Date().toISOString(), machine, scale, verdicts, summary, rounds }, null, 2));
  console.log(`${verdictTable(verdicts)}\n\n${figuresTable(summary)}\n\nAll rounds: ${file.pathname}`);
} finally {
  await Promise.all(systems.map((system) => system.stop()));
}
