/** The linter, the formatter and the compiler as they are configured here, seen going red. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const repository = join(import.meta.dirname, '../..');
const bin = join(repository, 'node_modules/.bin');
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'betterbase-tools-'));
  for (const config of ['.oxlintrc.json', '.biome.json', 'tsconfig.json', 'package.json'])
    cpSync(join(repository, config), join(root, config));
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
});

afterAll(() => {
  rmSync(root, { recursive: true });
});

function run(tool: string, args: readonly string[]): { readonly ok: boolean; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(join(bin, tool), args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
  });
  return { ok: status === 0, output: stdout + stderr };
}

function plant(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const faults: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['no-explicit-any', 'any.ts', 'export const value: any = 1;\n'],
  ['no-unsafe-member-access', 'hidden-any.ts', "export const value: unknown = JSON.parse('{}').field;\n"],
  ['ban-ts-comment', 'ignored.ts', '// @ts-ignore\nexport const value: number = 1;\n'],
  ['no-non-null-assertion', 'certain.ts', 'export const first = (list: readonly string[]): string => list[0]!;\n'],
  ['no-floating-promises', 'floating.ts', 'export function start(): void {\n  Promise.resolve(1);\n}\n'],
  ['no-misused-promises', 'misused.ts', 'export const odd = (work: Promise<boolean>): string => (work ? "yes" : "no");\n'],
  [
    'switch-exhaustiveness-check',
    'switch.ts',
    "export function say(word: 'a' | 'b'): void {\n  switch (word) {\n    case 'a':\n      return;\n  }\n}\n",
  ],
  ['only-throw-error', 'thrown.ts', "export function fail(): never {\n  throw 'words';\n}\n"],
  ['consistent-type-imports', 'import-type.ts', "export type Bad = import('./any.ts').Bad;\n"],
  ['no-default-export', 'default-export.ts', 'export default 1;\n'],
  ['filename-case', 'camelCase.ts', 'export const one = 1;\n'],
  ['no-focused-tests', 'focused.test.ts', "import { expect, test } from 'vitest';\n\ntest.only('a', () => {\n  expect(1).toBe(1);\n});\n"],
  ['no-cycle', 'circle-a.ts', "import type { B } from './circle-b.ts';\n\nexport type A = { readonly b: B | null };\n"],
  ['no-cycle', 'circle-b.ts', "import type { A } from './circle-a.ts';\n\nexport type B = { readonly a: A | null };\n"],
  ['no-restricted-globals', 'time.ts', 'export const now = Date.now();\n'],
  ['no-restricted-globals', 'new-date.ts', 'export const now = new Date();\n'],
  ['no-restricted-properties', 'chance.ts', 'export const dice = Math.random();\n'],
  ['no-restricted-properties', 'id.ts', 'export const id = crypto.randomUUID();\n'],
  ['no-restricted-imports', 'zod.ts', "import { z } from 'zod';\n\nexport const name = z.string();\n"],
];

describe('the linter', () => {
  let found: string;

  beforeAll(() => {
    plant(Object.fromEntries(faults.map(([, file, text]) => [`packages/engine/src/${file}`, text])));
    plant({
      'packages/engine/src/fine.test.ts':
        "import { expect, test } from 'vitest';\n\ntest('time passes', () => {\n  expect(Date.now()).toBeGreaterThan(0);\n});\n",
      'packages/cli/src/fine.ts': 'export const now = Date.now();\n',
    });
    found = run('oxlint', ['--format=unix', 'packages']).output;
  });

  test.each(faults)('%s is on (%s)', (rule, file) => {
    const lines = found.split('\n').filter((line) => line.startsWith(`packages/engine/src/${file}:`));

    expect(lines.map((line) => /\(([a-z-]+)\)\]$/.exec(line)?.[1])).toContain(rule);
  });

  test('tests, and rooms that may know the time, may know the time', () => {
    expect(found).not.toContain('fine');
  });

  test('a fault fails the command', () => {
    expect(run('oxlint', ['packages/engine/src/any.ts']).ok).toBe(false);
    expect(run('oxlint', ['packages/cli/src/fine.ts']).ok).toBe(true);
  });
});

test('the formatter refuses another style', () => {
  plant({ 'good.ts': "export const a = 'b';\n", 'bad.ts': 'export const a = "b"\n' });

  expect(run('biome', ['format', 'good.ts'])).toMatchObject({ ok: true });
  expect(run('biome', ['format', 'bad.ts'])).toMatchObject({ ok: false });
});

test('the compiler is strict', () => {
  plant({
    'bench/loose.ts': 'export const first = (list: readonly string[]): string => list[0];\n',
    'bench/enum.ts': 'export enum Colour {\n  Red,\n}\n',
    'bench/optional.ts': 'export const part: { readonly a?: string } = { a: undefined };\n',
  });

  const { ok, output } = run('tsc', ['-p', 'tsconfig.json']);

  expect(ok).toBe(false);
  expect(output).toContain('bench/loose.ts');
  expect(output).toContain('bench/enum.ts');
  expect(output).toContain('bench/optional.ts');
});
