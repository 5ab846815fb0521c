import { createValidator, mismatch, type Validator } from './validator.ts';

export interface VFloat64<Type extends number = number> extends Validator<Type, 'required', never> {
  readonly kind: 'float64';
}

/** Any JavaScript number, NaN and the infinities included. */
export function float64(): VFloat64 {
  return createValidator(
    {
      kind: 'float64',
      json: { type: 'number' },
      expected: 'number',
      check: (value) => (typeof value === 'number' ? null : mismatch('number', value)),
    },
    {},
  );
}
