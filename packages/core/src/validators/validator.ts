import { BetterBaseError } from '../errors/betterbase-error.ts';
import { describeValue } from '../values/describe.ts';
import { encodeValue } from '../values/encode.ts';
import type { EncodedValue } from '../values/value.ts';
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
  readonly [hints]?: FieldHints;
  /**
   * What documents get that were written before this required field was: a deployment fills it in. Writes are not changed by
   * it. For top-level fields of a table's documents.
   *
   * @throws BetterBaseError `schema/invalid` for a value that the validator does not allow, or an optional field.
   */
  default(value: this['type']): this;
  /**
   * What this field was called before: a deployment moves what is in it. Once deployed, the hint may go. For top-level fields
   * of a table's documents.
   */
  renamedFrom(name: string): this;
}

/** What a deployment is to do with documents that are older than the field. */
export interface FieldHints {
  readonly default?: EncodedValue;
  readonly renamedFrom?: string;
}

/** Where a field's hints are. A registered symbol, as `rules` is. */
export const hints: unique symbol = Symbol.for('betterbase.field-hints') as never;

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
  return {
    kind,
    isOptional: 'required',
    json,
    isConvexValidator: true,
    default: fillWith,
    renamedFrom: movedFrom,
    ...own,
    [rules]: { expected, check },
  } as unknown as V;
}

function fillWith(this: Validator, value: unknown): Validator {
  const { expected, check } = this[rules];
  if (this.isOptional === 'optional') throw badHint('An optional field needs no default.', 'Drop v.optional, or the default.');
  if (check(value, {}) !== null)
    throw badHint(`The default ${describeValue(value)} is not ${expected}.`, 'Use a value that the field allows.');
  return { ...this, [hints]: { ...this[hints], default: encodeValue(value, 'default') } };
}

function movedFrom(this: Validator, name: string): Validator {
  return { ...this, [hints]: { ...this[hints], renamedFrom: name } };
}

function badHint(message: string, hint: string): BetterBaseError {
  return new BetterBaseError('schema/invalid', message, { hint });
}

export function isValidator(value: unknown): value is Validator {
  return typeof value === 'object' && value !== null && rules in value;
}
