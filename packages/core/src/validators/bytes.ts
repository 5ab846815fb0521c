import { createValidator, mismatch, type Validator } from './validator.ts';

export interface VBytes extends Validator<ArrayBuffer, 'required', never> {
  readonly kind: 'bytes';
}

/** An `ArrayBuffer`. */
export function bytes(): VBytes {
  return createValidator(
    {
      kind: 'bytes',
      json: { type: 'bytes' },
      expected: 'bytes (ArrayBuffer)',
      check: (value) => (value instanceof ArrayBuffer ? null : mismatch('bytes (ArrayBuffer)', value)),
    },
    {},
  );
}
