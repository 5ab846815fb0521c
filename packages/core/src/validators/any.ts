import { findBadPart } from '../values/encode.ts';
import { createValidator, type Validator } from './validator.ts';

/** What the compiler says to a value of `v.any()`: nothing. The only `any` of the language, and app authors ask for it by name. */
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyValue = any;

export interface VAny<Type = AnyValue> extends Validator<Type, 'required', string> {
  readonly kind: 'any';
}

/** Every value. Functions, dates, class instances and the like are no values. */
export function any(): VAny {
  return createValidator(
    {
      kind: 'any',
      json: { type: 'any' },
      expected: 'any value',
      check: (value) => {
        const bad = findBadPart(value);
        return bad === null ? null : { expected: `a value (${bad.reason})`, got: bad.part, steps: bad.steps };
      },
    },
    {},
  );
}
