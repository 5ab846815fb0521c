import type { Id } from '../values/value.ts';
import { createValidator, mismatch, type Validator } from './validator.ts';

export interface VId<Table extends string = string> extends Validator<Id<Table>, 'required', never> {
  readonly kind: 'id';
  readonly tableName: Table;
}

/** What happens to a document when the one that it names is deleted. */
export type OnDelete = 'restrict' | 'cascade' | 'setNull';

export interface IdOptions {
  /**
   * Makes a top-level field of a table a foreign key: the document must be there when it is named, and cannot be deleted
   * (`restrict`), takes this one along (`cascade`), or leaves null or nothing in the field (`setNull`).
   */
  readonly onDelete?: OnDelete;
}

/** The id of a document of `table`. Whether the document exists is checked only with `onDelete`. */
export function id<const Table extends string>(table: Table, { onDelete }: IdOptions = {}): VId<Table> {
  const expected = `id of table ${JSON.stringify(table)}`;
  return createValidator<VId<Table>>(
    {
      kind: 'id',
      json: { type: 'id', tableName: table, ...(onDelete === undefined ? {} : { onDelete }) },
      expected,
      check: (value, context) => {
        if (typeof value !== 'string') return mismatch(expected, value);
        return context.isIdOf === undefined || context.isIdOf(value, table) ? null : mismatch(expected, value);
      },
    },
    { tableName: table },
  );
}
