import { requireValidator } from './require-required.ts';
import type { Validator } from './validator.ts';

/** What an optional and a required field do not have in common. */
type OwnToOptionality = 'type' | 'isOptional' | 'default' | 'renamedFrom';

/** The same validator for a field that may be missing. */
export type VOptional<V extends Validator> = Omit<V, OwnToOptionality> & Validator<V['type'] | undefined, 'optional', V['fieldPaths']>;

/** A field that may be missing. */
export function optional<V extends Validator>(validator: V): VOptional<V> {
  requireValidator('v.optional', validator);
  // Said of the type by `VOptional`: only these differ.
  return { ...validator, isOptional: 'optional' } as unknown as VOptional<V>;
}

/** The same validator for a field that must be there. */
export type VRequired<V extends Validator> = Omit<V, OwnToOptionality> &
  Validator<Exclude<V['type'], undefined>, 'required', V['fieldPaths']>;
