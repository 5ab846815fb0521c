/**
 * `npm run simulate -- --seeds 10000 --from 1`: lives of a project, one for each seed. The first that goes wrong is made as
 * short as it can be, and told with how to have it again: `--seed <seed>`.
 */
import { parseArgs } from 'node:util';
import { Seeded } from '@betterbase/testing';
import { live } from './life.ts';
import { randomMoves } from './moves.ts';
import { nodePlatform } from './node-platform.ts';
import { shrink } from './shrink.ts';

const { values } = parseArgs({
  options: { seeds: { type: 'string' }, from: { type: 'string' }, seed: { type: 'string' }, 'keep-going': { type: 'boolean' } },
});
const first = Number(values.seed ?? values.from ?? 1);
const count = values.seed === undefined ? Number(values.seeds ?? 1_000) : 1;
const reportEvery = 500;

// What the switchboard says about lost calls is part of the life.
console.error = () => {};
const total = { operations: 0, steps: 0, kill: 0, abort: 0, stick: 0 };
const failed: number[] = [];
const start = performance.now();
for (let seed = first; seed < first + count; seed++) {
  const { violations, operations, steps, struck } = await live(seed, nodePlatform());
  total.operations += operations;
  total.steps += steps;
  for (const kind of ['kill', 'abort', 'stick'] as const) total[kind] += struck[kind];
  if (violations.length > 0) {
    failed.push(seed);
    await tell(seed, violations);
    if (values['keep-going'] !== true) break;
  }
  const done = seed - first + 1;
  if (done % reportEvery === 0 || done === count) console.log(progress(done));
}
if (failed.length > 0) console.log(`Failed: seeds ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;

function progress(done: number): string {
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const { operations, steps, kill, abort, stick } = total;
  return `${done} of ${count} lives from seed ${first}, ${seconds} s: ${operations} operations, ${steps} steps between the databases, lost at one of them: ${kill} processes, ${abort} engines, ${stick} calls. ${failed.length} failed.`;
}

async function tell(seed: number, violations: readonly string[]): Promise<void> {
  console.log(`Seed ${seed}:\n  ${violations.slice(0, 5).join('\n  ')}`);
  const moves = await shrink(
    randomMoves(new Seeded(seed)),
    async (shorter) => (await live(seed, nodePlatform(), { moves: shorter })).violations.length > 0,
  );
  const { violations: left } = await live(seed, nodePlatform(), { moves });
  console.log(`The shortest list of moves that goes wrong (${left[0] ?? 'in another way'}):`);
  for (const move of moves) console.log(`  ${JSON.stringify(move)},`);
  console.log(`Again: npm run simulate -- --seed ${seed}`);
}
