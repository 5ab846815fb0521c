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

/** As users get it, with a link or a code that is good for nothing. */
export const message = named(
  'Message',
  z.object({
    channel: z.enum(['email', 'sms']),
    subject: z.string(),
    text: z.string(),
    html: z.nullable(z.string()),
    /** Whether it was sent, too. */
    sent: z.boolean(),
  }),
);

/** Without what is never told again: instead whether it is set. */
export const authSettings = z.object({ settings: z.record(z.string(), z.unknown()) });
