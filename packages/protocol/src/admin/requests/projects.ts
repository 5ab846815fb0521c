import * as z from 'zod/mini';
import { regions } from '../regions.ts';
import { name } from './parts.ts';

export const newProject = z.strictObject({
  slug: z.string(),
  name: z.optional(name),
  region: z._default(z.nullable(z.enum(regions)), null),
});

export const projectChange = z.strictObject({ name });

/** The project's slug, typed. */
export const confirmation = z.strictObject({ confirm: z.string() });
