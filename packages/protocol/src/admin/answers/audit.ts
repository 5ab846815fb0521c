import * as z from 'zod/mini';
import { instant, named } from './named.ts';

export const auditEntry = named(
  'AuditEntry',
  z.object({
    id: z.string(),
    at: instant,
    actor: z.string(),
    actor_name: z.string(),
    address: z.nullable(z.string()),
    action: z.string(),
    resource_type: z.string(),
    resource_id: z.nullable(z.string()),
    project: z.nullable(z.string()),
    /** `done`, `unknown`, or the code of an error. */
    outcome: z.string(),
    before_data: z.unknown(),
    after_data: z.unknown(),
  }),
);

/** Newest first; `total` counts the other pages too. */
export const auditPage = z.object({ logs: z.array(auditEntry), total: z.number(), limit: z.number(), offset: z.number() });
