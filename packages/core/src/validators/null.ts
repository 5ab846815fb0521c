import { createValidator, mismatch, type Validator } from './validator.ts';

export interface VNull extends Validator<null, 'required', never> {
  readonly kind: 'null';
}

/** `null` and nothing else. */
export function nullValue(): VNull {
  return createValidator(
    { kind: 'null', json: { type: 'null' }, expected: 'null', check: (value) => (value === null ? null : mismatch('null', value)) },
    {},
  );
}
