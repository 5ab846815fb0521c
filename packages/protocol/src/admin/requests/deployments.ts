import * as z from 'zod/mini';
import { claims } from './policies.ts';
import { provider } from './provider.ts';

const label = z.exactOptional(z.string().check(z.maxLength(1_000)));
const labels = { message: label, consent: label, by: label };

/** `app`: the text of one ES module. */
export const deployment = z.object({ app: z.string(), provider: z.exactOptional(provider), ...labels });

export const rollback = z.object({ to: label, ...labels });

export const providerQuestion = z.object({ provider });

/** Absent `args`: none. */
export const run = z.object({ path: z.string(), args: z.optional(z.unknown()) });

/** `claims`: as the user with these, by the policies of the tables; null: as nobody who is signed in; absent: all rows. */
export const sql = z.object({
  sql: z.string(),
  params: z._default(z.array(z.unknown()), []),
  claims: z.optional(z.nullable(claims)),
});

export const environmentChange = z.strictObject({
  set: z._default(z.record(z.string(), z.string()), {}),
  unset: z._default(z.array(z.string()), []),
});
