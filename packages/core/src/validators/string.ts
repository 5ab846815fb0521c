/// <reference lib="es2024.string" />
import { createValidator, mismatch, type Validator } from './validator.ts';

export interface VString<Type extends string = string> extends Validator<Type, 'required', never> {
  readonly kind: 'string';
}

/** Text. */
export function string(): VString {
  return createValidator({ kind: 'string', json: { type: 'string' }, expected: 'string', check: checkText }, {});
}

/** A string that has a UTF-8 form: with half of a surrogate pair it could neither be stored nor sent. */
export function checkText(value: unknown): ReturnType<typeof mismatch> | null {
  if (typeof value !== 'string') return mismatch('string', value);
  return value.isWellFormed() ? null : mismatch('string without half surrogate pairs', value);
}
