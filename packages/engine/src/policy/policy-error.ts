import { BetterBaseError } from '@betterbase/core';
import type { Place, PolicyRule } from './policy-tree.ts';

/** Which condition of which file. */
export interface ConditionPlace {
  readonly file: string;
  readonly table: string;
  readonly rule: PolicyRule;
  readonly text: string;
}

/** What is wrong with a condition, the place marked under its line. */
export function badPolicy(
  { file, table, rule, text }: ConditionPlace,
  [start, end]: Place,
  problem: string,
  hint?: string,
): BetterBaseError {
  const before = text.slice(0, start);
  const line = before.split('\n').length;
  const column = start - (before.lastIndexOf('\n') + 1);
  const written = text.split('\n')[line - 1] ?? '';
  const marks = '^'.repeat(Math.max(1, Math.min(end - start, written.length - column)));
  return new BetterBaseError(
    'policy/invalid',
    `${file}: \`${rule}\` of \`${table}\`, line ${line}, column ${column + 1}: ${problem}\n\n  ${written}\n  ${' '.repeat(column)}${marks}`,
    {
      hint: hint ?? 'What conditions may say is listed in docs/row-level-security.md.',
      details: { file, table, rule, line, column: column + 1 },
    },
  );
}
