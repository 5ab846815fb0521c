/** `npm run prove:policies -- --cases 5000 [--from 1] [--seed 7]` */
import { parseArgs } from 'node:util';
import { forEachSeed } from '../random/seeded.ts';
import { noFigures, type ProofFigures, proveSeed, startNative } from './prove-policies.ts';

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '5000' }, from: { type: 'string', default: '1' }, seed: { type: 'string' } },
});
const total = { ...noFigures };
const native = await startNative();
const startedAt = performance.now();
const first = Number(values.seed ?? values.from);
let seed = first;
do {
  await forEachSeed(1, async (random) => add(await proveSeed(native, random)), seed);
  seed++;
  if ((seed - first) % 50 === 0) print();
} while (values.seed === undefined && total.cases < Number(values.cases));
print();
await native.close();

function add(figures: ProofFigures): void {
  for (const name of ['cases', 'seen', 'hidden', 'written', 'refused'] as const) total[name] += figures[name];
}

function print(): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(
    `${total.cases} cases of ${seed - first} seeds from ${first} are equal: rows ${total.seen} seen, ${total.hidden} hidden; writes ${total.written} done, ${total.refused} refused. ${seconds} s`,
  );
}
