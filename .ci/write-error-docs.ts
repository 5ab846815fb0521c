/** `npm run docs:errors`: brings docs/errors.md up to the table of codes. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from '@betterbase/core';
import { readMeanings, renderErrorDocs } from './checks/error-docs.ts';

const path = join(import.meta.dirname, '../docs/errors.md');
const meanings = readMeanings(existsSync(path) ? readFileSync(path, 'utf8') : '');
writeFileSync(path, renderErrorDocs(errorCodes, meanings));
