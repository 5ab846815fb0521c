import { requireValidator } from './require-required.ts';
import type { Validator } from './validator.ts';

/** The same validator for a field that may be missing. */
export type VOptional<V extends Validator> = Omit<V, 'type' | 'isOptional'> & Validator<V['type'] | undefined, 'optional', V['fieldPaths']>;

/** A field that may be missing. */
export function optional<V extends Validator>(validator: V): VOptional<V> {
  requireValidator('v.optional', validator);
  return { ...validator, isOptional: 'optional' };
}

/** The same validator for a field that must be there. */
export type VRequired<V extends Validator> = Omit<V, 'type' | 'isOptional'> &
  Validator<Exclude<V['type'], undefined>, 'required', V['fieldPaths']>;
