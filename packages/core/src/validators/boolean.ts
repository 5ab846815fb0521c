import { createValidator, mismatch, type Validator } from './validator.ts';

export interface VBoolean<Type extends boolean = boolean> extends Validator<Type, 'required', never> {
  readonly kind: 'boolean';
}

export function boolean(): VBoolean {
  return createValidator(
    {
      kind: 'boolean',
      json: { type: 'boolean' },
      expected: 'boolean',
      check: (value) => (typeof value === 'boolean' ? null : mismatch('boolean', value)),
    },
    {},
  );
}
