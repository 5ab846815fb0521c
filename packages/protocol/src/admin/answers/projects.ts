import * as z from 'zod/mini';
import { instant, named } from './named.ts';

export const project = named(
  'Project',
  z.object({
    slug: z.string(),
    name: z.string(),
    createdAt: instant,
    /** Null: not yet. */
    deployedAt: z.nullable(instant),
    region: z.nullable(z.string()),
    /** Null: it is open. */
    suspendedAt: z.nullable(instant),
    /** Origins whose pages may call it; null: all. */
    allowedOrigins: z.nullable(z.array(z.string())),
  }),
);

/** `keys`, by kind, are told this once. */
export const createdProject = z.object({ project, keys: z.record(z.string(), z.string()), admin_key: z.optional(z.string()) });

export const limit = named(
  'Limit',
  z.object({
    name: z.string(),
    value: z.number(),
    default: z.optional(z.number()),
    most: z.optional(z.number()),
    unit: z.string(),
    what: z.string(),
    code: z.nullable(z.string()),
    configurable: z.boolean(),
  }),
);

export const environment = z.object({ environment: z.array(z.object({ name: z.string(), updatedAt: instant })) });
