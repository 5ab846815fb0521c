import { createValidator, mismatch, type Validator } from './validator.ts';

export interface VInt64<Type extends bigint = bigint> extends Validator<Type, 'required', never> {
  readonly kind: 'int64';
}

/** A `bigint` of 64 bits with sign. */
export function int64(): VInt64 {
  return createValidator(
    {
      kind: 'int64',
      json: { type: 'bigint' },
      expected: 'int64',
      check: (value) => (typeof value === 'bigint' && BigInt.asIntN(64, value) === value ? null : mismatch('int64', value)),
    },
    {},
  );
}
