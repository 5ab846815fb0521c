import { BetterBaseError, isBetterBaseError } from '@betterbase/core';
import type { BuildProblem } from '../bundle/build-problem.ts';
import { isRecord } from '../json/is-record.ts';
import type { AppSourceMap } from './source-map.ts';

/** A refused deployment, with the place in the author's files where its code threw, if that can be told. */
export function explainError(error: unknown, sources: AppSourceMap | null): unknown {
  if (!isBetterBaseError(error) || sources === null) return error;
  const { code, message, hint, details } = error;
  if (!isRecord(details) || typeof details['original'] !== 'string') return error;
  const { at, frame } = sources.explain(details['original']);
  if (at === null) return error;
  const problem: BuildProblem = { text: message, ...at, frame };
  return new BetterBaseError(code, `${message} (${at.file}:${at.line}:${at.column})`, {
    ...(hint === undefined ? {} : { hint }),
    details: { ...details, problems: [problem] },
    cause: error,
  });
}
