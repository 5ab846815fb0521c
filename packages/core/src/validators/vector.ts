import { BetterBaseError } from '../errors/betterbase-error.ts';
import { createValidator, mismatch, mismatchAt, type Validator } from './validator.ts';

export interface VVector extends Validator<number[], 'required', never> {
  readonly kind: 'vector';
  readonly dimensions: number;
}

/** An embedding: an array of exactly `dimensions` finite numbers, kept with the precision of Float32. */
export function vector(dimensions: number): VVector {
  if (!Number.isInteger(dimensions) || dimensions < 1) {
    throw new BetterBaseError('schema/invalid', `v.vector(${String(dimensions)}): the number of dimensions is a whole number from 1.`);
  }
  const expected = `vector of ${dimensions} numbers`;
  return createValidator<VVector>(
    {
      kind: 'vector',
      json: { type: 'vector', dimensions },
      expected,
      check: (value) => {
        if (!Array.isArray(value) || value.length !== dimensions) return mismatch(expected, value);
        // What Float32 cannot hold would come back as infinity.
        const bad = value.findIndex((element) => typeof element !== 'number' || !Number.isFinite(Math.fround(element)));
        return bad < 0 ? null : mismatchAt(bad, mismatch('finite number in the range of Float32', value[bad]));
      },
    },
    { dimensions },
  );
}
