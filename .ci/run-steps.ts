/**
 * `npm test` and `npm run check`: runs every step, shows what failed, and says in its last line how many tests passed and failed.
 *
 * Usage: run-steps.ts [--quick] [step …]. A check that is no test suite counts as one test.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkSteps } from './steps/check-steps.ts';
import { commandStep } from './steps/command-step.ts';
import { dryRun } from './steps/dry-run.ts';
import { prepare } from './steps/prepare.ts';
import { root } from './steps/run-command.ts';
import { asResult, type Step, type StepResult } from './steps/step.ts';
import { typeCheck } from './steps/type-check.ts';
import { vitestStep } from './steps/vitest-step.ts';

const steps: readonly Step[] = [
  ...prepare,
  commandStep('format', ['biome', 'format', '--reporter=summary', '--max-diagnostics=200', '.']),
  commandStep('lint', ['oxlint', '--format=unix', '--deny-warnings', '.']),
  ...checkSteps,
  typeCheck,
  vitestStep('unit', { quick: true, minutes: 9 }),
  vitestStep('workers', { quick: true, minutes: 6 }),
  vitestStep('journeys', { quick: false, minutes: 15 }),
  dryRun,
];

const names = process.argv.slice(2).filter((argument) => argument !== '--quick');
const unknown = names.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0)
  throw new Error(`No step is called ${unknown.join(', ')}. There are: ${steps.map((step) => step.name).join(', ')}.`);
const chosen = steps.filter((step) => (names.length > 0 ? names.includes(step.name) : step.quick || !process.argv.includes('--quick')));

const results: StepResult[] = [];
for (const step of chosen) results.push(await report(step));

const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
const totals = `${passed} passed, ${failed} failed`;
// npm prints lines of its own after a failing script; `.ci/run` repeats the totals from here.
const cache = join(root, 'node_modules/.cache/betterbase');
mkdirSync(cache, { recursive: true });
writeFileSync(join(cache, 'totals.txt'), `${totals}\n`);
console.log(`\n${totals}`);
process.exitCode = failed === 0 ? 0 : 1;

async function report(step: Step): Promise<StepResult> {
  const start = performance.now();
  const result = await step.run().catch((error: unknown) => asResult(false, error instanceof Error ? String(error.stack) : String(error)));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const many = result.passed + result.failed === 1 ? '' : `  ${result.passed} passed, ${result.failed} failed`;
  console.log(`${result.failed === 0 ? '✓' : '✗'} ${step.name}  ${seconds} s${many}`);
  if (result.text !== '') console.log(result.text.replaceAll(/^/gm, '    '));
  return result;
}
