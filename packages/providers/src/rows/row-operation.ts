/** What the platform's own sign-in code may do with its rows: small enough to be looked at whole before it is done. */
import * as z from 'zod/mini';

const value = z.union([z.string(), z.number(), z.null()]);
const row = z.record(z.string(), value);

const condition = z.strictObject({
  field: z.string(),
  operator: z.enum(['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in', 'not_in', 'contains', 'starts_with', 'ends_with']),
  /** A list for `in` and `not_in`. */
  value: z.union([value, z.array(z.union([z.string(), z.number()])).check(z.maxLength(1_000))]),
  /** All those with AND must hold, and one of those with OR if there are any. */
  connector: z.enum(['AND', 'OR']),
  mode: z.enum(['sensitive', 'insensitive']),
});

const where = z.array(condition).check(z.maxLength(40));
/** Of the rows that are meant: any one of them, or all. */
const reach = z.enum(['one', 'all']);

export const rowOperationSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('insert'), table: z.string(), row }),
  z.strictObject({
    do: z.literal('find'),
    table: z.string(),
    where,
    limit: z.int().check(z.minimum(0), z.maximum(10_000)),
    offset: z.int().check(z.minimum(0)),
    sort: z.nullable(z.strictObject({ field: z.string(), direction: z.enum(['asc', 'desc']) })),
  }),
  z.strictObject({ do: z.literal('count'), table: z.string(), where }),
  z.strictObject({
    do: z.literal('update'),
    table: z.string(),
    where,
    reach,
    set: row,
    /** Added to what is there. */
    add: z.record(z.string(), z.number()),
  }),
  z.strictObject({ do: z.literal('delete'), table: z.string(), where, reach }),
]);

export type RowValue = z.infer<typeof value>;
export type Row = z.infer<typeof row>;
export type RowCondition = z.infer<typeof condition>;
export type RowOperation = z.infer<typeof rowOperationSchema>;

export interface RowAnswer {
  /** Found, or as they are after a change, or as they were before they were deleted. */
  readonly rows: readonly Row[];
  /** How many there are, or were changed. */
  readonly count: number;
}

/** Where the rows are. Each operation happens wholly or not at all, and none in the middle of another. */
export interface RowsPort {
  rows(operation: RowOperation): Promise<RowAnswer>;
}

/** Tables by the name that operations know them by. Nothing else can be named. */
export type RowTables = Readonly<Record<string, { readonly table: string; readonly columns: readonly string[] }>>;
