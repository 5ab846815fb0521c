import type { WireError } from '@betterbase/protocol';

/** What was asked for, or why there is none: expected failures are data between isolates. */
export type Checked<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly error: WireError };
