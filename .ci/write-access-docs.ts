/** `npm run docs:access`: brings docs/access.md up to the table of routes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderAccessDocs } from './checks/access-docs.ts';

writeFileSync(join(import.meta.dirname, '../docs/access.md'), renderAccessDocs());
