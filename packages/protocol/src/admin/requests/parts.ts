/** What several requests have in them. */
import * as z from 'zod/mini';

/** Of people, keys and projects. */
export const name = z.string().check(z.minLength(1), z.maxLength(100));

/** ISO 8601, or ms since 1970. */
export const moment = z.union([z.iso.datetime({ offset: true }), z.int()]);

/** Digits, as they are in an address. */
export const whole = z.pipe(
  z.string().check(z.regex(/^\d{1,16}$/, 'is no whole number')),
  z.pipe(
    z.transform((text: string) => Number(text)),
    z.int('is too large'),
  ),
);

/** `moment`, as it is in an address; a date alone will do. */
export const time = z.pipe(
  z.string(),
  z.transform((text, context) => {
    const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
    if (Number.isNaN(at)) context.issues.push({ code: 'custom', message: 'is no time', input: text });
    return at;
  }),
);
