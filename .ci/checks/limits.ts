/** Checks that docs/limits.md is what the tables of limits say. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderLimitDocs } from './limit-docs.ts';
import type { Problem } from './problem.ts';

const docs = 'docs/limits.md';

export function checkLimitDocs(root: string): readonly Problem[] {
  const path = join(root, docs);
  if (existsSync(path) && readFileSync(path, 'utf8') === renderLimitDocs()) return [];
  return [{ file: docs, text: 'is not what the tables of limits say. Run `npm run docs:limits`.' }];
}
