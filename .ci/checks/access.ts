/** Checks that docs/access.md is what the table of routes says. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderAccessDocs } from './access-docs.ts';
import type { Problem } from './problem.ts';

const docs = 'docs/access.md';

export function checkAccessDocs(root: string): readonly Problem[] {
  const path = join(root, docs);
  if (existsSync(path) && readFileSync(path, 'utf8') === renderAccessDocs()) return [];
  return [{ file: docs, text: 'is not what the table of routes says. Run `npm run docs:access`.' }];
}
