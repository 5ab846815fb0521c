import { expect, test } from 'vitest';
import { runBenchmark } from './benchmark.ts';
import { rows } from './report/targets.ts';
import { smokeScale } from './workloads/scale.ts';

test('every workload gives a number for everything that is judged', async () => {
  const { verdicts } = await runBenchmark({ scale: smokeScale, only: null, system: null, progress: () => {} });

  expect(verdicts.map(({ label, figure }) => `${label}: ${figure}`)).toEqual(rows.map(({ label, figure }) => `${label}: ${figure}`));
  // CPU and memory of another process can be read on Linux only.
  const measurable = verdicts.filter(
    ({ label, figure }) => process.platform === 'linux' || (figure !== 'cpu' && !label.startsWith('Idle')),
  );
  const missing = measurable.filter(({ ours }) => ours === null).map(({ label }) => label);
  expect(missing).toEqual([]);
});
