/** Row-level security as it is deployed, and what it comes to for somebody. */
import * as z from 'zod/mini';
import { named } from './named.ts';

const policy = named('Policy', z.object({ file: z.string(), table: z.string(), rules: z.record(z.string(), z.string()) }));

/** Tables without policies are there too: they show nothing and take nothing. */
export const policyList = z.object({
  /** False: asUser() asks none of them. */
  enforced: z.boolean(),
  auditLog: z.union([z.boolean(), z.literal('all')]),
  tables: z.array(z.object({ table: z.string(), policies: z.array(policy) })),
});

const access = named(
  'PolicyAccess',
  z.object({
    allowed: z.boolean(),
    /** Every condition that has a say. None: no policy names the operation. */
    reasons: z.array(z.object({ file: z.string(), rule: z.string(), text: z.string(), holds: z.nullable(z.boolean()) })),
  }),
);

export const policyTest = z.object({
  rows: z.array(z.object({ row: z.looseObject({}), select: access, update: access, delete: access })),
  insert: z.nullable(access),
});
