import { BetterBaseError, type Value } from '@betterbase/core';
import type { FieldEquals } from '../ports/search-store.ts';

/** What the `filter` of a vector search returns: a document must have one of these values. */
export class VectorFilter {
  readonly anyOf: readonly FieldEquals[];

  constructor(anyOf: readonly FieldEquals[]) {
    this.anyOf = anyOf;
  }
}

/** The `q` of a vector search's filter: one `eq`, or several joined by `or`. */
const vectorFilterBuilder = {
  eq: (field: string, value: Value | undefined) => new VectorFilter([{ field, value }]),
  or: (...filters: readonly VectorFilter[]) => new VectorFilter(filters.flatMap(({ anyOf }) => anyOf)),
};

/** @throws BetterBaseError `query/bad-vector` when the filter is no function or returns something else */
export function buildVectorFilter(filter: unknown): readonly FieldEquals[] {
  if (filter === undefined) return [];
  const built = isBuilder(filter) ? filter(vectorFilterBuilder) : null;
  if (built instanceof VectorFilter) return built.anyOf;
  throw new BetterBaseError('query/bad-vector', 'The filter of this vector search does not return q.eq(…) or q.or(…).', {
    hint: "Write filter: (q) => q.eq('genre', 'jazz'), or q.or(q.eq(…), q.eq(…)).",
  });
}

function isBuilder(filter: unknown): filter is (q: typeof vectorFilterBuilder) => unknown {
  return typeof filter === 'function';
}
