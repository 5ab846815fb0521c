import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const skipped = new Set(['node_modules', 'dist', '_generated', 'templates']);
const source = /\.(ts|tsx|mts|js|mjs)$/;

/** Paths of all code below `root` that people write, relative to it, sorted. Dot-folders count only if named. */
export function sourceFiles(root: string, folder = ''): readonly string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return isSkipped(path, entry.name) ? [] : sourceFiles(root, path);
      return source.test(entry.name) ? [path] : [];
    })
    .sort();
}

function isSkipped(path: string, name: string): boolean {
  return skipped.has(name) || (name.startsWith('.') && path !== '.ci');
}

/** Code that only tests run. */
export function isTest(path: string): boolean {
  return /\.test(-d)?\.tsx?$/.test(path) || /(^|\/)(test|workers-test)\//.test(path);
}
