import { BetterBaseError } from '../errors/betterbase-error.ts';
import { fieldNameProblem } from '../values/field-name.ts';
import { isPlainObject } from '../values/value.ts';
import type { Fields } from './fields.ts';
import { requireValidator } from './require-required.ts';

/** Refuses names that no object can have and fields that are no validators. */
export function requireFields(where: string, fields: unknown): asserts fields is Fields {
  if (!isPlainObject(fields)) {
    throw new BetterBaseError('schema/invalid', `${where} takes an object of validators.`, {
      hint: `Write ${where}({ name: v.string() }).`,
    });
  }
  for (const [name, field] of Object.entries(fields)) {
    const problem = name === '' ? 'a field needs a name' : fieldNameProblem(name);
    if (problem !== null) throw new BetterBaseError('schema/bad-field-name', `${where}: field ${JSON.stringify(name)}: ${problem}.`);
    requireValidator(`${where}: field ${JSON.stringify(name)}`, field);
  }
}
