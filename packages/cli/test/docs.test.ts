/** The examples of documents, run: a block that begins with a file's name is that file. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
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

test.each([
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
])(
  'the examples of %s work',
  async (name) => {
    const text = await readFile(join(root, 'docs', name), 'utf8');
    const files = [...text.matchAll(/^```tsx?\n\/\/ (\S+)\n(.*?)^```$/gms)].map(([, path = '', code = '']) => [path, code] as const);
    const folder = await folderBeside();
    await addFiles(folder, { ...Object.fromEntries(files), 'vitest.config.js': config, 'tsconfig.json': compiler });
    await writeGenerated(await findApp(folder));
    await run('tsc', ['-p', folder]);
    await run('vitest', ['run', '--root', folder, '--config', join(folder, 'vitest.config.js')]);

    expect(files.some(([path]) => path.endsWith('.test.ts'))).toBe(true);
  },
  60_000,
);

/** A folder from which the packages of the repository are found. */
async function folderBeside(): Promise<string> {
  const parent = join(root, '.artifacts');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'docs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** @throws Error with what it printed */
async function run(command: string, args: readonly string[]): Promise<void> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  await promisify(execFile)(join(root, 'node_modules/.bin', command), [...args], { env: { ...env, CI: '1', NO_COLOR: '1' } }).catch(
    (error: unknown) => {
      throw new Error(
        error instanceof Error && 'stdout' in error && 'stderr' in error ? `${String(error.stdout)}${String(error.stderr)}` : String(error),
      );
    },
  );
}
