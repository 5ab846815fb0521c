import { BetterBaseError } from '../errors/betterbase-error.ts';
import { isValidator, type Validator } from './validator.ts';

/** Refuses what is no validator, or is optional where nothing can be missing. Types say so too; JavaScript and `as` do not. */
export function requireRequired(where: string, validator: unknown): asserts validator is Validator<unknown, 'required'> {
  requireValidator(where, validator);
  if (validator.isOptional === 'optional') {
    throw new BetterBaseError('schema/invalid', `${where} cannot take v.optional(…): only a field of an object can be missing.`, {
      hint: 'Use v.nullable(…) for a value that may be null.',
    });
  }
}

export function requireValidator(where: string, validator: unknown): asserts validator is Validator {
  if (!isValidator(validator)) {
    throw new BetterBaseError('schema/invalid', `${where} takes a validator.`, {
      hint: 'Validators are made with v: v.string(), v.object({…}).',
    });
  }
}
