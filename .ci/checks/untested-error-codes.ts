/** Codes that no test provokes yet. This list may only shrink. */
export const untestedErrorCodes: readonly string[] = [
  // Would need 32,000 open sockets on one object.
  'connection/too-many',
];
