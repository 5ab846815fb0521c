import type { GuestScope } from '@betterbase/engine';

// Saved when this module is evaluated: once an isolate is a guest's, the names mean the guest's.
const hostSetTimeout = setTimeout;
const hostClearTimeout = clearTimeout;

/** The real globals of this isolate. */
export const hostScope: GuestScope = {
  Date,
  Math,
  crypto,
  console,
  setTimeout: (callback, ms) => hostSetTimeout(callback, ms),
  clearTimeout: (timer) => hostClearTimeout(timer),
};
