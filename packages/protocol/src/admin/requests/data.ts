import * as z from 'zod/mini';
import { time, whole } from './parts.ts';

export const importPlan = z.strictObject({
  tables: z
    .array(
      z.strictObject({
        table: z.string(),
        mode: z._default(z.enum(['empty', 'append', 'upsert', 'replace']), 'empty'),
        number: z.optional(z.int().check(z.minimum(1), z.maximum(0xffff_ffff))),
      }),
    )
    .check(z.minLength(1)),
  batched: z._default(z.boolean(), false),
});

export const importEnd = z.strictObject({ dryRun: z._default(z.boolean(), false) });

/** `_creationTime` of the last document that arrived. */
export const exportPlace = z.object({
  after: z.optional(
    z.pipe(
      z.string().check(z.regex(/^\d+(?:\.\d+)?(?:e\+?\d+)?$/, 'is no time')),
      z.transform((text) => Number(text)),
    ),
  ),
});

/** The number of the first line that is sent. */
export const importPlace = z.object({ from: z._default(whole.check(z.minimum(1)), 1) });

/** The sequence of the last entry that arrived; `follow=1` goes on until the connection ends. */
export const logPlace = z.object({ after: z._default(whole, 0), follow: z.optional(z.string()) });

export const auditQuestion = z.object({
  limit: z._default(whole, 50),
  offset: z._default(whole, 0),
  actor: z.optional(z.string()),
  action: z.optional(z.string()),
  resource_type: z.optional(z.string()),
  project: z.optional(z.string()),
  from: z.optional(time),
  to: z.optional(time),
});
