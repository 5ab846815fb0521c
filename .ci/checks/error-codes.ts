/** Checks that each error code is well formed, explained in docs/errors.md, and provoked or at least named by a test. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isTest, sourceFiles } from '../source/source-files.ts';
import { type CodeTable, readMeanings, renderErrorDocs } from './error-docs.ts';
import type { Problem } from './problem.ts';

const table = 'packages/core/src/errors/codes.ts';
const docs = 'docs/errors.md';
const list = '.ci/checks/untested-error-codes.ts';

/** @param untested codes that are known to have no test yet; the list may only shrink. */
export function checkErrorCodes(root: string, codes: CodeTable, untested: readonly string[]): readonly Problem[] {
  return [...checkNames(codes), ...checkDocs(root, codes), ...checkTests(root, codes, untested)];
}

function checkNames(codes: CodeTable): readonly Problem[] {
  const bad = Object.keys(codes).filter((code) => !/^[a-z]+\/[a-z]+(-[a-z]+)*$/.test(code));
  return bad.map((code) => ({ file: table, text: `${code} is not written like area/what-happened.` }));
}

function checkDocs(root: string, codes: CodeTable): readonly Problem[] {
  const text = existsSync(join(root, docs)) ? readFileSync(join(root, docs), 'utf8') : '';
  const meanings = readMeanings(text);
  const silent = Object.keys(codes).filter((code) => (meanings.get(code) ?? '') === '');
  const problems = silent.map((code) => ({
    file: docs,
    text: `does not say what ${code} means. Run \`npm run docs:errors\` and write it there.`,
  }));
  if (problems.length > 0 || text === renderErrorDocs(codes, meanings)) return problems;
  return [{ file: docs, text: 'is not what the table of codes says. Run `npm run docs:errors`.' }];
}

function checkTests(root: string, codes: CodeTable, untested: readonly string[]): readonly Problem[] {
  const tests = sourceFiles(root)
    .filter((file) => (isTest(file) || file.endsWith('.contract.ts')) && !file.startsWith('.ci/'))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');
  const isTested = (code: string): boolean => tests.includes(`'${code}'`) || tests.includes(`"${code}"`);
  const known = new Set(untested);
  const missing = Object.keys(codes).filter((code) => !known.has(code) && !isTested(code));
  const done = untested.filter((code) => !(code in codes) || isTested(code));
  return [
    ...missing.map((code) => ({ file: table, text: `no test provokes ${code}.` })),
    ...done.map((code) => ({ file: list, text: `${code} has a test now or is gone: take it off the list.` })),
  ];
}
