/** The examples of documents, run: a block that begins with a file's name is that file. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeGenerated } from '../src/codegen/write-generated.ts';
import { findApp } from '../src/workspace/app-folder.ts';
import { addFiles } from './folder.ts';

const root = join(import.meta.dirname, '../../..');
const compiler = JSON.stringify({
  compilerOptions: {
    strict: true,
    target: 'ES2023',
    lib: ['ES2024', 'DOM'],
    module: 'ESNext',
    moduleResolution: 'bundler',
    jsx: 'react-jsx',
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node', 'vite/client'],
  },
  include: ['**/*.ts', '**/*.tsx'],
});
const config = "export default { test: { include: ['**/*.test.ts'], exclude: [] } };\n";

const documents = [
  'functions.md',
  'database.md',
  'migrations.md',
  'testing.md',
  'migrating-from-convex.md',
  'sql.md',
  'search.md',
  'references.md',
  'pagination.md',
  'scheduling.md',
  'authentication.md',
  'users.md',
  'row-level-security.md',
];

/** Where each document's app is. One run of the compiler and of the tests is for all of them: starting takes the longest. */
let folder: string;
let compiled: Ended;
let tested: Ended;
let complaints: readonly string[];
let outcomes: readonly FileOutcome[];

interface FileOutcome {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly { readonly status: string; readonly failureMessages: readonly string[] }[];
}

beforeAll(async () => {
  folder = await folderBeside();
  for (const document of documents) {
    const text = await readFile(join(root, 'docs', document), 'utf8');
    const files = [...text.matchAll(/^```tsx?\n\/\/ (\S+)\n(.*?)^```$/gms)].map(([, path = '', code = '']) => [path, code] as const);
    await addFiles(join(folder, document), Object.fromEntries(files));
    await writeGenerated(await findApp(join(folder, document)));
  }
  await addFiles(folder, { 'vitest.config.js': config, 'tsconfig.json': compiler });
  [compiled, tested] = await Promise.all([
    run('tsc', ['-p', folder]),
    run('vitest', ['run', '--root', folder, '--config', join(folder, 'vitest.config.js'), '--reporter=json', '--outputFile=report.json']),
  ]);
  complaints = compiled.printed.split('\n').filter((line) => line.includes('error TS'));
  const { testResults }: { readonly testResults: readonly FileOutcome[] } = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));
  outcomes = testResults;
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(documents)('the examples of %s work', (document) => {
  const ran = outcomes.filter(({ name }) => name.startsWith(join(folder, document)));

  expect(complaints.filter((line) => line.includes(`${document}/`))).toEqual([]);
  expect(
    ran.flatMap(({ message, assertionResults }) => [message, ...assertionResults.flatMap((each) => each.failureMessages)]).join(''),
  ).toBe('');
  expect(ran.map(({ status }) => status)).toEqual(ran.map(() => 'passed'));
  expect(ran.flatMap(({ assertionResults }) => assertionResults).length).toBeGreaterThan(0);
});

test('nothing else is wrong with them', () => {
  const isOfExample = (line: string): boolean => documents.some((document) => line.includes(`${document}/`));

  expect(complaints.filter((line) => !isOfExample(line))).toEqual([]);
  if (complaints.length === 0) expect(compiled).toMatchObject({ isFine: true });
  if (outcomes.every(({ status }) => status === 'passed')) expect(tested).toMatchObject({ isFine: true });
});

/** A folder from which the packages of the repository are found. */
async function folderBeside(): Promise<string> {
  const parent = join(root, '.artifacts');
  await mkdir(parent, { recursive: true });
  return mkdtemp(join(parent, 'docs-'));
}

interface Ended {
  readonly isFine: boolean;
  readonly printed: string;
}

async function run(command: string, args: readonly string[]): Promise<Ended> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  const ended = promisify(execFile)(join(root, 'node_modules/.bin', command), [...args], {
    cwd: folder,
    env: { ...env, CI: '1', NO_COLOR: '1' },
  });
  return await ended.then(
    ({ stdout }) => ({ isFine: true, printed: stdout }),
    (error: unknown) => ({
      isFine: false,
      printed:
        error instanceof Error && 'stdout' in error && 'stderr' in error ? `${String(error.stdout)}${String(error.stderr)}` : String(error),
    }),
  );
}
