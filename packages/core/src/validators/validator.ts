import type { ValidatorJson } from './validator-json.ts';

export type Optionality = 'required' | 'optional';

export type ValidatorKind =
  | 'any'
  | 'array'
  | 'boolean'
  | 'bytes'
  | 'commitTs'
  | 'datetime'
  | 'float64'
  | 'fullText'
  | 'id'
  | 'int64'
  | 'literal'
  | 'null'
  | 'object'
  | 'record'
  | 'string'
  | 'union'
  | 'vector';

/** Says which values are allowed, at run time and as a type. Made with `v`. */
export interface Validator<Type = unknown, Optional extends Optionality = Optionality, Paths extends string = string> {
  readonly kind: ValidatorKind;
  readonly isOptional: Optional;
  readonly json: ValidatorJson;
  readonly isConvexValidator: true;
  /** Exists for the compiler only: what `Infer` reads. */
  readonly type: Type;
  /** Exists for the compiler only: the fields inside that an index may name, `a.b` for nested ones. */
  readonly fieldPaths: Paths;
  readonly [rules]: Rules;
}

export type AnyValidator = Validator;

/** The type of the values a validator allows. `const user = v.object({…}); type User = Infer<typeof user>`. */
export type Infer<V extends Validator> = V['type'];

/** What the validators of this package know of each other. A registered symbol: an app may hold two copies of the package. */
export const rules: unique symbol = Symbol.for('betterbase.validator-rules') as never;

export interface Rules {
  /** In words, for messages: `string`, `id of "users"`. */
  readonly expected: string;
  readonly check: Check;
}

/** Null when the value is allowed. */
export type Check = (value: unknown, context: ValidationContext) => Mismatch | null;

export interface ValidationContext {
  /** Whether a string is an id of a table. Without it every string passes. */
  isIdOf?(id: string, table: string): boolean;
}

/** What is wrong, not yet put into words: most mismatches are only a union looking for its member. */
export interface Mismatch {
  readonly expected: string;
  readonly got: unknown;
  /** Steps from the value checked to the part that is wrong, innermost first. */
  readonly steps: (string | number)[];
}

export function mismatch(expected: string, got: unknown): Mismatch {
  return { expected, got, steps: [] };
}

export function mismatchAt(step: string | number, inner: Mismatch): Mismatch {
  inner.steps.push(step);
  return inner;
}

interface Parts {
  readonly kind: ValidatorKind;
  readonly json: ValidatorJson;
  readonly expected: string;
  readonly check: Check;
}

/** The one place where a validator is made; `type` and `fieldPaths` are only claimed, nothing is there at run time. */
export function createValidator<V extends Validator>(parts: Parts, own: Omit<V, keyof Validator>): V {
  const { kind, json, expected, check } = parts;
  return { kind, isOptional: 'required', json, isConvexValidator: true, ...own, [rules]: { expected, check } } as unknown as V;
}

export function isValidator(value: unknown): value is Validator {
  return typeof value === 'object' && value !== null && rules in value;
}
