/** Checks that docs/capabilities.md is what the table of capabilities says. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderCapabilityDocs } from './capability-docs.ts';
import type { Problem } from './problem.ts';

const docs = 'docs/capabilities.md';

export function checkCapabilityDocs(root: string): readonly Problem[] {
  const path = join(root, docs);
  if (existsSync(path) && readFileSync(path, 'utf8') === renderCapabilityDocs()) return [];
  return [{ file: docs, text: 'is not what the table of capabilities says. Run `npm run docs:capabilities`.' }];
}
