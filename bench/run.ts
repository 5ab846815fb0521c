/** `npm run bench`: ours beside the bare baseline, in one run. `--help` says how. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runBenchmark, workloadNames } from './benchmark.ts';
import { figuresTable, verdictTable } from './report/table.ts';
import { usage } from './report/usage.ts';
import { fullScale, quickScale, type Scale } from './workloads/scale.ts';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string', multiple: true },
    system: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (flags.help) {
  console.log(usage(workloadNames));
  process.exit();
}
const unknown = flags.only?.find((name) => !workloadNames.includes(name));
if (unknown !== undefined) throw new Error(`There is no workload \`${unknown}\`. There are: ${workloadNames.join(', ')}.`);
if (flags.system !== undefined && flags.system !== 'ours' && flags.system !== 'bare') throw new Error('--system is ours or bare.');

const base = flags.quick ? quickScale : fullScale;
const scale: Scale = flags.rounds === undefined ? base : { ...base, rounds: Number(flags.rounds) };
const result = await runBenchmark({
  scale,
  only: flags.only ?? null,
  system: flags.system ?? null,
  progress: (line) => console.error(line),
});

const at = new Date().toISOString();
const folder = new URL('./results/', import.meta.url);
const file = new URL(`${at.replaceAll(':', '-')}.json`, folder);
const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
mkdirSync(folder, { recursive: true });
writeFileSync(file, JSON.stringify({ at, machine, scale, ...result }, null, 2));
console.log(`${verdictTable(result.verdicts)}\n\n${figuresTable(result.summary)}\n\nAll rounds: ${fileURLToPath(file)}`);
