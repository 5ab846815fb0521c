/** `npm run docs:limits`: brings docs/limits.md up to the tables of limits. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderLimitDocs } from './checks/limit-docs.ts';

writeFileSync(join(import.meta.dirname, '../docs/limits.md'), renderLimitDocs());
