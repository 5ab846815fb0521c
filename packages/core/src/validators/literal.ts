import { encodeValue } from '../values/encode.ts';
import { describeValue } from '../values/describe.ts';
import { createValidator, mismatch, type Validator } from './validator.ts';
import type { LiteralJson } from './validator-json.ts';

export type Literal = string | number | bigint | boolean;

export interface VLiteral<Type extends Literal = Literal> extends Validator<Type, 'required', never> {
  readonly kind: 'literal';
  readonly value: Type;
}

/** Exactly this value. */
export function literal<const Type extends Literal>(value: Type): VLiteral<Type> {
  const expected = typeof value === 'string' ? JSON.stringify(value) : describeValue(value).replace(/^\w+ /, '');
  return createValidator<VLiteral<Type>>(
    {
      kind: 'literal',
      // The encoding of a literal is one of these: strings, numbers and booleans are their own.
      json: { type: 'literal', value: encodeValue(value, 'v.literal') as LiteralJson },
      expected,
      check: (got) => (Object.is(got, value) ? null : mismatch(expected, got)),
    },
    { value },
  );
}
