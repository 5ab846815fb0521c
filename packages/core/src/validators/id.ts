import type { Id } from '../values/value.ts';
import { createValidator, mismatch, type Validator } from './validator.ts';

export interface VId<Table extends string = string> extends Validator<Id<Table>, 'required', never> {
  readonly kind: 'id';
  readonly tableName: Table;
}

/** The id of a document of `table`. Whether the document exists is not checked. */
export function id<const Table extends string>(table: Table): VId<Table> {
  const expected = `id of table ${JSON.stringify(table)}`;
  return createValidator<VId<Table>>(
    {
      kind: 'id',
      json: { type: 'id', tableName: table },
      expected,
      check: (value, context) => {
        if (typeof value !== 'string') return mismatch(expected, value);
        return context.isIdOf === undefined || context.isIdOf(value, table) ? null : mismatch(expected, value);
      },
    },
    { tableName: table },
  );
}
