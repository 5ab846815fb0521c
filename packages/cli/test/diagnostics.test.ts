import { BetterBaseError } from '@betterbase/core';
import { expect, test } from 'vitest';
import { bundleApp } from '../src/bundle/app-bundler.ts';
import { codeFrame } from '../src/diagnostics/code-frame.ts';
import { AppSourceMap } from '../src/diagnostics/source-map.ts';
import { createColors } from 'picocolors';
import { explainError } from '../src/diagnostics/explain-error.ts';
import { formatFailure, toFailure } from '../src/terminal/error-report.ts';
import { formatCall } from '../src/terminal/call-line.ts';
import { folderWith } from './folder.ts';

const colors = createColors(false);
const source = `import { helper } from '../_helper';

export const list = () => {
  const items = [1, 2, 3];
  return helper(items);
};
`;
const helper =
  'export function helper(items: number[]): number {\n  if (items.length === 3) throw new Error("three");\n  return items.length;\n}\n';

test('a frame marks the position between the lines around it', () => {
  expect(codeFrame('one\ntwo\nthree\nfour\nfive\nsix', { line: 4, column: 1, length: 2 })).toBe(
    '  2 | two\n  3 | three\n> 4 | four\n    |  ^^\n  5 | five\n  6 | six',
  );
});

test('a frame at the end of a file has no lines beyond it, and tabs do not move the mark', () => {
  expect(codeFrame('a\n\tb', { line: 2, column: 1 })).toBe('  1 | a\n> 2 |   b\n    |   ^');
});

test('a stack of the deployed bundle is told in the files of the author', async () => {
  const { stack, sources } = await brokenApp();

  const explained = sources.explain(stack);

  expect(explained.at).toMatchObject({ file: 'betterbase/_helper.ts', line: 2 });
  expect(explained.frame).toContain('> 2 |   if (items.length === 3) throw new Error("three");\n    |                                 ^');
  expect(explained.calls).toEqual([
    expect.stringMatching(/^at helper \(betterbase\/_helper\.ts:2:\d+\)$/),
    expect.stringMatching(/^at Object\.list \(betterbase\/queries\/a\.ts:5:\d+\)$/),
  ]);
});

test('a stack without the app in it is left as it is', async () => {
  const { sources } = await brokenApp();

  expect(sources.explain('Error: x\n    at runtime.js:1:2')).toEqual({ calls: [], at: null, frame: '' });
});

test('a refused deployment is told with the place where its code threw', async () => {
  const { stack, sources } = await brokenApp();
  const refused = new BetterBaseError('deployment/does-not-load', 'The app does not load: Error: three', { details: { original: stack } });

  const text = formatFailure(toFailure(explainError(refused, sources)), colors);

  expect(text).toContain('deployment/does-not-load  The app does not load: Error: three (betterbase/_helper.ts:2:');
  expect(text).toContain('> 2 |   if (items.length === 3)');
});

test('an error that knows no place is left as it is', async () => {
  const { sources } = await brokenApp();
  const error = new BetterBaseError('auth/bad-key', 'No.', { details: { original: 'Error: x\n    at runtime.js:1:2' } });

  expect(explainError(error, sources)).toBe(error);
  expect(explainError(error, null)).toBe(error);
});

test('a failed call is printed with its code, its place and what to do', async () => {
  const { stack, sources } = await brokenApp();
  const error = { code: 'function/threw', message: 'queries/a:list threw: three', hint: 'Look at the code.' } as const;

  const text = formatCall({ ...call, error, stack, lines: [{ level: 'warn', text: 'careful' }] }, colors, sources);

  expect(text).toMatch(/^\d\d:\d\d:\d\d ✖ query {4}queries\/a:list +1\.3 ms\n/);
  expect(text).toContain('warn  careful');
  expect(text).toContain('function/threw  queries/a:list threw: three');
  expect(text).toContain('> 2 |   if (items.length === 3)');
  expect(text).toContain('Look at the code.');
});

test('a call that went well is one line', () => {
  expect(formatCall({ ...call, cached: true }, colors, null)).toMatch(/^\S+ {3}query {4}queries\/a:list +1\.3 ms {2}cached$/);
});

const call = {
  sequence: 1,
  at: 0,
  path: 'queries/a:list',
  kind: 'query',
  requestId: 'r1',
  milliseconds: 1.26,
  cached: false,
  rowsRead: 0,
  rowsWritten: 0,
  error: null,
  lines: [],
} as const;

/** Runs a bundle that throws, with the stack that workerd would print. */
async function brokenApp(): Promise<{ stack: string; sources: AppSourceMap }> {
  const folder = await folderWith({ 'betterbase/queries/a.ts': source, 'betterbase/_helper.ts': helper });
  const { app, map } = await bundleApp(folder);
  const url = `data:text/javascript,${encodeURIComponent(app)}`;
  const { modules } = await import(url);
  const thrown = await Promise.resolve()
    .then(() => modules['queries/a'].list())
    .catch((error: unknown) => error);
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  return { stack: stack.replaceAll(url, 'app.js'), sources: new AppSourceMap(map) };
}
