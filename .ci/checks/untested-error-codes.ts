/** Codes that no test provokes yet. This list may only shrink. */
export const untestedErrorCodes: readonly string[] = [];
