/** A step that is one project of vitest.config.ts; every test counts. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';
import type { Step, StepResult } from './step.ts';

export interface VitestOptions {
  readonly quick: boolean;
  readonly minutes: number;
}

export function vitestStep(project: string, { quick, minutes }: VitestOptions): Step {
  return {
    name: project,
    quick,
    run: async () => {
      const folder = await mkdtemp(join(tmpdir(), 'betterbase-vitest-'));
      try {
        const report = join(folder, 'report.json');
        const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
        const { ok } = await runCommand(['vitest', 'run', '--project', project, '--passWithNoTests', ...reporters], {
          live: true,
          minutes,
        });
        return countTests(ok, await readFile(report, 'utf8').catch(() => ''));
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  };
}

/**
 * Counts what vitest's JSON report tells.
 *
 * A file that fails without a failed test in it (it does not load, a hook throws) counts as one failure, and so does a
 * run that fails although the report is fine or missing: a failure is never lost.
 */
export function countTests(ok: boolean, report: string): StepResult {
  const { testResults } = parseReport(report);
  const statuses = testResults.flatMap((file) => file.assertionResults.map((test) => test.status));
  const passed = statuses.filter((status) => status === 'passed').length;
  const failedTests = statuses.filter((status) => status === 'failed').length;
  const failedFiles = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  );
  const failed = failedTests + failedFiles.length;
  const text = failedFiles.map((file) => `${file.name} failed as a whole.`).join('\n');
  return { passed, failed: ok ? failed : Math.max(1, failed), text };
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

function parseReport(text: string): Report {
  return text === '' ? { testResults: [] } : (JSON.parse(text) as Report);
}
