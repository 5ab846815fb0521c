import { any } from './any.ts';
import { array } from './array.ts';
import { boolean } from './boolean.ts';
import { bytes } from './bytes.ts';
import { commitTs } from './commit-ts.ts';
import { datetime } from './datetime.ts';
import { float64 } from './float64.ts';
import { fullText } from './full-text.ts';
import { id } from './id.ts';
import { int64 } from './int64.ts';
import { literal } from './literal.ts';
import { nullValue } from './null.ts';
import { object } from './object.ts';
import { optional } from './optional.ts';
import { record } from './record.ts';
import { string } from './string.ts';
import { nullable, union } from './union.ts';
import { vector } from './vector.ts';

/**
 * Validators: which values are allowed, checked at run time and inferred as types.
 *
 * @example v.object({ title: v.string(), owner: v.id('users'), tags: v.optional(v.array(v.string())) })
 */
export const v = {
  any,
  array,
  bigint: int64,
  boolean,
  bytes,
  commitTs,
  datetime,
  float64,
  fullText,
  id,
  int64,
  literal,
  null: nullValue,
  nullable,
  number: float64,
  object,
  optional,
  record,
  string,
  union,
  vector,
} as const;
