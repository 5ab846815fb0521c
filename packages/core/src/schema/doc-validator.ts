import { BetterBaseError } from '../errors/betterbase-error.ts';
import type { Expand } from '../validators/expand.ts';
import type { VObject } from '../validators/object.ts';
import { float64 } from '../validators/float64.ts';
import { id } from '../validators/id.ts';
import { union, type VUnion } from '../validators/union.ts';
import type { Validator } from '../validators/validator.ts';
import type { SystemFields } from './data-model.ts';

type Documents = Validator<unknown, 'required'>;

/** Validates the documents of a table as the database returns them. */
export type DocumentValidator<Name extends string, Table> = Table extends { readonly validator: { readonly type: infer Fields } }
  ? Validator<WithSystemFields<Name, Fields>, 'required'>
  : never;

type WithSystemFields<Name extends string, Fields> = Fields extends unknown ? Expand<SystemFields<Name> & Fields> : never;

/** A table's validator with `_id` and `_creationTime`. @throws BetterBaseError `schema/invalid` when its documents are no objects */
export function docValidator<Name extends string, Table extends { readonly validator: Documents }>(
  name: Name,
  table: Table,
): DocumentValidator<Name, Table> {
  // `DocumentValidator` says of the table's type what `withSystemFields` does to its value.
  return withSystemFields(name, table.validator) as unknown as DocumentValidator<Name, Table>;
}

function withSystemFields(name: string, validator: Documents): Documents {
  if (isObject(validator)) return validator.extend({ _id: id(name), _creationTime: float64() });
  if (isUnion(validator)) return union(...validator.members.map((member) => withSystemFields(name, member)));
  if (validator.kind === 'any') return validator;
  throw new BetterBaseError('schema/invalid', `The documents of table \`${name}\` are no objects.`, {
    hint: 'Write defineTable({ … }) or defineTable(v.union(v.object({ … }), …)).',
  });
}

function isObject(validator: Documents): validator is VObject {
  return validator.kind === 'object';
}

function isUnion(validator: Documents): validator is VUnion {
  return validator.kind === 'union';
}
