import { BetterBaseError } from '@betterbase/core';

/**
 * The name that a field of documents has, by whatever name it was called: `_createdAt` is another word for `_creationTime`.
 *
 * @throws BetterBaseError `query/bad-range` for `_updatedAt`, which documents do not have
 */
export function fieldNamed(name: string): string {
  if (name === '_createdAt') return '_creationTime';
  if (name !== '_updatedAt' && name !== '_updatedTime') return name;
  throw new BetterBaseError('query/bad-range', `Queries cannot read by \`${name}\`.`, {
    hint: 'Keep a field of your own that says when, with an index on it, or use SQL: ORDER BY _updatedTime.',
  });
}
