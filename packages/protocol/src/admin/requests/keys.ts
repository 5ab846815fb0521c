import * as z from 'zod/mini';
import { permissions, roles } from '../permissions.ts';
import { moment, name } from './parts.ts';

/** `keep_made`: the keys that it made go on. */
export const revocation = z.strictObject({ keep_made: z.optional(z.enum(['true', 'false'])) });

export const newKey = z.strictObject({
  name,
  role: z._default(z.enum(roles), 'developer'),
  /** Of the role's permissions only these; empty: all of them. */
  scopes: z._default(z.array(z.enum(permissions)), []),
  project: z._default(z.nullable(z.string()), null),
  /** Null: never. */
  expires_at: z._default(z.nullable(moment), null),
});
