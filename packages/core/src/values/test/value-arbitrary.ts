/** Random values for property tests. */
import fc from 'fast-check';
import type { Value } from '../value.ts';

/** Any text with a UTF-8 form, code points above the surrogates included. */
export const textArbitrary = fc.oneof(fc.string({ maxLength: 6 }), fc.string({ unit: 'binary', maxLength: 4 }));

const fieldNameArbitrary = textArbitrary.filter((name) => !name.startsWith('$') && name !== '__proto__');

const specialNumbers = fc.constantFrom(NaN, -0, 0, Infinity, -Infinity, 2 ** 53, -(2 ** 53), Number.MIN_VALUE, Number.MAX_VALUE);
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

export const valueArbitrary: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.integer(),
    specialNumbers,
    int64,
    fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n), 0n, -1n),
    textArbitrary,
    fc.uint8Array({ maxLength: 9 }).map((bytes) => bytes.slice().buffer),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fieldNameArbitrary, tie('value'), { maxKeys: 4 }),
  ),
})).value;
