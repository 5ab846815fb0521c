import { expect, test } from 'vitest';
import { countTests } from './vitest-step.ts';

function report(...files: readonly { status: string; tests: readonly string[] }[]): string {
  const testResults = files.map(({ status, tests }, at) => ({
    name: `${at}.test.ts`,
    status,
    assertionResults: tests.map((each) => ({ status: each })),
  }));
  return JSON.stringify({ testResults });
}

test('tests are counted, skipped ones are not', () => {
  const text = report({ status: 'passed', tests: ['passed', 'passed', 'pending'] }, { status: 'failed', tests: ['passed', 'failed'] });

  expect(countTests(false, text)).toMatchObject({ passed: 3, failed: 1 });
});

test('a file that does not load is a failure', () => {
  expect(countTests(false, report({ status: 'failed', tests: [] }))).toMatchObject({ passed: 0, failed: 1 });
});

test('a run that fails by itself is a failure, whatever the report says', () => {
  expect(countTests(false, report({ status: 'passed', tests: ['passed'] }))).toMatchObject({ passed: 1, failed: 1 });
  expect(countTests(false, '')).toMatchObject({ passed: 0, failed: 1 });
});

test('no tests are no failure', () => {
  expect(countTests(true, report())).toMatchObject({ passed: 0, failed: 0 });
});
