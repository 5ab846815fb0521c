/** Seconds that a code or a link to sign in with is good. */
export const codeLife = 5 * 60;
export const wrongCodes = 3;
