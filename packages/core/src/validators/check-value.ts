import { describeValue } from '../values/describe.ts';
import { formatSteps } from '../values/path.ts';
import { type ValidationContext, rules, type Validator } from './validator.ts';

/** Where a value is not what was expected. */
export interface ValueProblem {
  /** `args.items[2].name` */
  readonly path: string;
  readonly expected: string;
  /** A few words: `number 5`. */
  readonly got: string;
}

const noContext: ValidationContext = {};

/** The first thing wrong with the value, or null. `path` is what the value is called: `args`. */
export function checkValue(
  validator: Validator,
  value: unknown,
  path: string,
  context: ValidationContext = noContext,
): ValueProblem | null {
  if (value === undefined && validator.isOptional === 'optional') return null;
  const problem = validator[rules].check(value, context);
  if (problem === null) return null;
  return {
    path: path + formatSteps(problem.steps),
    expected: problem.expected,
    got: describeValue(problem.got),
  };
}

/** `args.items[2].name: expected string, got number 5` */
export function formatProblem(problem: ValueProblem): string {
  return `${problem.path}: expected ${problem.expected}, got ${problem.got}`;
}
