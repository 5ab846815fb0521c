/** Checks that the top of the repository stays what it is, and that no file is called after nothing. */
import { readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { sourceFiles } from '../source/source-files.ts';
import type { Problem } from './problem.ts';

const folders = ['bench', 'dashboard', 'docs', 'durable-objects', 'examples', 'migrations', 'node_modules', 'packages', 'workers'];
const files = ['README.md', 'package-lock.json', 'package.json', 'tsconfig.json', 'vitest.config.ts', 'wrangler.toml'];
const top = new Set([...folders, ...files]);

const sayNothing = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'types', 'manager', 'service', 'shared', 'lib']);

export function checkNames(root: string): readonly Problem[] {
  const strangers = readdirSync(root).filter((name) => !name.startsWith('.') && !name.endsWith('.log') && !top.has(name));
  const vague = sourceFiles(root).filter((file) => file.split('/').some((part) => sayNothing.has(stem(part))));
  return [
    ...strangers.map((name) => ({ file: name, text: 'does not belong at the top of the repository.' })),
    ...vague.map((file) => ({ file, text: 'is called after nothing. Name it after the one thing inside.' })),
  ];
}

/** `read-set.test.ts` → `read-set` */
function stem(part: string): string {
  return posix.basename(part).split('.')[0] ?? part;
}
