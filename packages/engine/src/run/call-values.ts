/** What goes into a function and comes out of it: decoded, checked, encoded. */
import {
  type AnyValidator,
  BetterBaseError,
  checkValue,
  decodeFromJson,
  encodeToJson,
  isPlainObject,
  overLimit,
  type ProjectLimits,
  type ValidationContext,
  type Value,
  type ValueProblem,
} from '@betterbase/core';
import { DocumentQuery } from '../database/document-query.ts';
import { SearchQuery } from '../database/search-query.ts';
import { notCollected } from '../database/taken-query.ts';
import type { AppFunction } from './function-registry.ts';

type Arguments = { readonly [name: string]: Value | undefined };

/** @throws BetterBaseError `arguments/too-large`, `arguments/invalid`, `value/bad-encoding`, `http/bad-json` */
export function parseArguments(target: AppFunction, text: string, limits: ProjectLimits, context: ValidationContext): Arguments {
  return checkArguments(target, decodeArguments(target, text, limits), context);
}

/** @throws BetterBaseError `arguments/too-large`, `value/bad-encoding`, `http/bad-json` */
export function decodeArguments(target: AppFunction, text: string, limits: ProjectLimits): unknown {
  if (text.length > limits.argumentBytes) {
    throw overLimit('argumentBytes', limits.argumentBytes, {
      measured: text.length,
      what: `The arguments of \`${target.path}\` are ${text.length} bytes`,
      hint: 'Send large data as a file.',
    });
  }
  return decodeFromJson(text);
}

/** @throws BetterBaseError `arguments/invalid` */
export function checkArguments(target: AppFunction, args: unknown, context: ValidationContext): Arguments {
  if (!isPlainObject(args)) {
    throw new BetterBaseError('arguments/invalid', `\`${target.path}\` takes one object of named arguments.`, {
      hint: 'Send {} if there are none.',
    });
  }
  const values = args as Arguments;
  const problem = target.definition.args === null ? null : checkValue(target.definition.args, values, 'args', context);
  if (problem !== null)
    throw invalid('arguments/invalid', `Invalid arguments for \`${target.path}\``, problem, 'Change the call, or the function’s `args`.');
  return values;
}

/** The result as checked values; `undefined` becomes null. @throws BetterBaseError `returns/invalid`, `query/not-collected` */
export function checkResult(target: AppFunction, result: unknown, context: ValidationContext): Value {
  if (result instanceof DocumentQuery || result instanceof SearchQuery) throw notCollected();
  // The encoder that follows refuses whatever is no value.
  const value = (result === undefined ? null : result) as Value;
  const problem = target.definition.returns === null ? null : checkValue(target.definition.returns, value, 'returns', context);
  if (problem !== null)
    throw invalid(
      'returns/invalid',
      `\`${target.path}\` returned what its \`returns\` does not allow`,
      problem,
      'Change the function, or its `returns`.',
    );
  return value;
}

/** @throws BetterBaseError `returns/too-large`, `value/unsupported` */
export function encodeResult(target: AppFunction, value: Value, limits: ProjectLimits): string {
  const text = encodeToJson(value);
  if (text.length <= limits.resultBytes) return text;
  throw overLimit('resultBytes', limits.resultBytes, {
    measured: text.length,
    what: `The result of \`${target.path}\` is ${text.length} bytes`,
    hint: 'Return less: take fewer documents, or fewer fields of each.',
  });
}

export function invalid(code: 'arguments/invalid' | 'returns/invalid', what: string, problem: ValueProblem, hint: string): BetterBaseError {
  return new BetterBaseError(code, `${what}: \`${problem.path}\` should be ${problem.expected} and is ${problem.got}.`, {
    hint,
    details: problem,
  });
}

export type { AnyValidator };
