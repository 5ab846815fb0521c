import * as z from 'zod/mini';
import { roles } from '../permissions.ts';
import { moment, name } from './parts.ts';

export const email = z.string().check(z.trim(), z.toLowerCase(), z.maxLength(254), z.email('is no address'));
/** A new one. */
const password = z.string().check(z.minLength(8), z.maxLength(128));
const token = z.string().check(z.maxLength(200));
/** True: the session is kept in a cookie that no script reads, and its token is not told. */
const cookie = z._default(z.boolean(), false);

/** `token`: what `bb dev` and `npm run deploy` print. */
export const setup = z.strictObject({ email, password, name: z.optional(name), token, cookie });

/** Of an app that makes codes, or one of the backup codes. */
const code = z.string().check(z.minLength(1), z.maxLength(40));
/** One there is. */
const current = z.string().check(z.maxLength(128));

export const login = z.strictObject({ email, password: current, code: z.optional(code), cookie });

export const proof = z.strictObject({ password: current });
export const codeProof = z.strictObject({ code });
export const fullProof = z.strictObject({ password: current, code });

export const resetRequest = z.strictObject({ email });

/** `token`: from the link. */
export const reset = z.strictObject({ token, password });

/** `token`: from the link of an invitation. */
export const join = z.strictObject({ token, password, name: z.optional(name), cookie });

export const passwordChange = z.strictObject({ current, password });

export const invitation = z.strictObject({
  email,
  role: z.enum(roles),
  /** Null: everywhere. */
  project: z._default(z.nullable(z.string()), null),
  /** Absent: in seven days. */
  expires_at: z.optional(moment),
});

export const assignment = z.strictObject({
  admin_id: z.string(),
  role: z.enum(roles),
  project: z._default(z.nullable(z.string()), null),
});

/** `keep_keys`: the keys they made go on, and whoever removes them answers for those. */
export const removal = z.strictObject({ keep_keys: z.optional(z.enum(['true', 'false'])) });
