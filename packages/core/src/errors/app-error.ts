import type { Value } from '../values/value.ts';

const marker = Symbol.for('betterbase.app-error');
/** What Convex's own class is known by: libraries may bring theirs along. */
const convexMarker = Symbol.for('ConvexError');

/**
 * The error an app author throws on purpose: `data` travels to the caller unchanged.
 *
 * @example throw new AppError({ code: 'out-of-stock', left: 0 });
 */
export class AppError<Data extends Value = Value> extends Error {
  override readonly name: string = 'AppError';
  readonly data: Data;
  readonly [marker] = true;
  readonly [convexMarker] = true;

  constructor(data: Data) {
    super(typeof data === 'string' ? data : JSON.stringify(data, replaceBigInt));
    this.data = data;
  }
}

/** Convex's name for `AppError`. */
export { AppError as ConvexError };

export function isAppError(error: unknown): error is AppError {
  return typeof error === 'object' && error !== null && (marker in error || convexMarker in error);
}

function replaceBigInt(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
