import { z } from 'zod';

/** A text that has to be there. It may be typed `undefined`, because that is what `process.env.X` is. */
export function requiredText(missing: string) {
  return z
    .string()
    .or(z.undefined())
    .pipe(z.string({ error: missing }).min(1, missing));
}

/** A text that may be missing. */
export function optionalText() {
  return z.string().or(z.undefined()).optional();
}
