/**
 * From the SQL of an app's policy files to trees. Not part of the engine's runtime: whoever bundles an app does this, so
 * that no project carries the parser.
 */
import type { PolicyDefinition } from '@betterbase/core';
import { isBetterBaseError, policyRules } from '@betterbase/core';
import { type Expr, parse } from 'pgsql-ast-parser';
import { badPolicy, type ConditionPlace } from '../policy-error.ts';
import type { ParsedCondition, ParsedPolicy, PolicyRule } from '../policy-tree.ts';
import { PolicyTreeBuilder } from './policy-tree-builder.ts';

export type { ParsedPolicy } from '../policy-tree.ts';

const mostCharacters = 10_000;

/** @throws BetterBaseError `policy/invalid`, with the place marked */
export function parsePolicy({ table, rules }: PolicyDefinition, file: string): ParsedPolicy {
  const parsed: Partial<Record<PolicyRule, ParsedCondition>> = {};
  for (const rule of policyRules) {
    const condition = rules[rule];
    if (condition !== undefined) parsed[rule] = parseCondition({ file, table, rule, text: String(condition) });
  }
  return { file, table, rules: parsed };
}

function parseCondition(place: ConditionPlace): ParsedCondition {
  const { text } = place;
  const whole = [0, Math.max(1, text.length)] as const;
  if (text.length > mostCharacters) throw badPolicy(place, [0, 1], `a condition has at most ${mostCharacters} characters.`);
  if (text.trim() === '') throw badPolicy(place, whole, 'the condition is empty.', 'Write `false` for what nobody may do.');
  try {
    return { text, tree: new PolicyTreeBuilder(place).build(parseExpression(text)) };
  } catch (cause) {
    if (isBetterBaseError(cause)) throw cause;
    throw notParsed(place, cause);
  }
}

/** The parser is typed for statements; asked for an expression it gives a list of one. */
function parseExpression(text: string): Expr {
  const found: readonly unknown[] = parse(text, { entry: 'expr', locationTracking: true });
  const [expression, ...more] = found;
  if (!isExpression(expression) || more.length > 0) throw new Error('A condition is one expression.');
  return expression;
}

function isExpression(found: unknown): found is Expr {
  return typeof found === 'object' && found !== null && 'type' in found;
}

function notParsed(place: ConditionPlace, cause: unknown): Error {
  const { text } = place;
  const length = text.trimEnd().length;
  const token = tokenOf(cause);
  if (token === null) return badPolicy(place, [length, length + 1], 'this is no SQL condition: it ends too early, or cannot be read.');
  return badPolicy(
    place,
    token,
    `this is no SQL condition: \`${text.slice(...token)}\` was not expected here.`,
    'A name that is a word of SQL is written in double quotes: "order".',
  );
}

/** The word at which the parser gave up. */
function tokenOf(cause: unknown): readonly [number, number] | null {
  if (typeof cause !== 'object' || cause === null || !('token' in cause)) return null;
  const { token } = cause;
  if (typeof token !== 'object' || token === null || !('offset' in token) || typeof token.offset !== 'number') return null;
  const length = 'text' in token && typeof token.text === 'string' ? token.text.length : 1;
  return [token.offset, token.offset + Math.max(1, length)];
}
