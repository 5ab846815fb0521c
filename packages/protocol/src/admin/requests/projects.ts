import * as z from 'zod/mini';
import { regions } from '../regions.ts';
import { name } from './parts.ts';

export const newProject = z.strictObject({
  slug: z.string(),
  name: z.optional(name),
  region: z._default(z.nullable(z.enum(regions)), null),
});

/** `https://app.example.com`: scheme and host, a port if it has one, nothing behind it. */
const origin = z.string().check(
  z.maxLength(300),
  z.refine((text) => URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text), 'is no origin'),
);

/** `allowed_origins`: whose pages may call the project; null: all. */
export const projectChange = z.strictObject({
  name: z.optional(name),
  allowed_origins: z.optional(z.nullable(z.array(origin).check(z.minLength(1), z.maxLength(100)))),
});

/** The project's slug, typed. */
export const confirmation = z.strictObject({ confirm: z.string() });
