import * as z from 'zod/mini';
import { instant, named } from './named.ts';

export const user = named(
  'User',
  z.object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    emailVerified: z.boolean(),
    image: z.nullable(z.string()),
    role: z.nullable(z.string()),
    metadata: z.unknown(),
    banned: z.boolean(),
    banReason: z.nullable(z.string()),
    createdAt: instant,
  }),
);

/** Without what is never told again: instead whether it is set. */
export const authSettings = z.object({ settings: z.record(z.string(), z.unknown()) });
