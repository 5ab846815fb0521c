import { BetterBaseError } from '@betterbase/core';

export function noDocument(method: string, table: string, id: string): BetterBaseError {
  return new BetterBaseError('document/not-found', `ctx.db.${method}: there is no document \`${id}\` in \`${table}\`.`, {
    hint: 'It may have been deleted; look with ctx.db.get first.',
  });
}
