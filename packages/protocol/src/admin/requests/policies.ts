import * as z from 'zod/mini';

/** Of a token. */
export const claims = z.looseObject({ sub: z.string() });

/** As whom: `claims`; null: nobody is signed in. `insert`: a row that they might add. */
export const policyQuestion = z.object({
  table: z.string(),
  claims: z._default(z.nullable(claims), null),
  limit: z._default(z.int().check(z.gte(0), z.lte(1_000)), 100),
  insert: z._default(z.nullable(z.record(z.string(), z.unknown())), null),
});
