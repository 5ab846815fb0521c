import * as z from 'zod/mini';

/** As whom: `claims` of a token, at least `sub`; null: nobody is signed in. `insert`: a row that they might add. */
export const policyQuestion = z.object({
  table: z.string(),
  claims: z._default(z.nullable(z.looseObject({ sub: z.string() })), null),
  limit: z._default(z.int().check(z.gte(0), z.lte(1_000)), 100),
  insert: z._default(z.nullable(z.record(z.string(), z.unknown())), null),
});
