import { en } from 'zod/locales';

/** For `safeParse` of `zod/mini`, which brings no messages of its own: “Invalid input” is all that it says otherwise. */
export const inEnglish = { error: en().localeError };
