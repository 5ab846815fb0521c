/** `npm run docs:capabilities`: brings docs/capabilities.md up to the table of what each place of documents can do. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderCapabilityDocs } from './checks/capability-docs.ts';

writeFileSync(join(import.meta.dirname, '../docs/capabilities.md'), renderCapabilityDocs());
