import type { AnyValue } from '../validators/any.ts';
import type { Validator } from '../validators/validator.ts';
import type { FunctionKind, Visibility } from './function-kind.ts';

/** A function as it was defined, read back by whoever runs it. */
export interface FunctionDefinition {
  readonly kind: FunctionKind | 'http';
  readonly visibility: Visibility;
  /** Null: not declared, any object is let through. */
  readonly args: Validator | null;
  readonly returns: Validator | null;
  readonly handler: (ctx: AnyValue, args: AnyValue) => unknown;
  /** A mutation's guess at its own effect, run in the client until the result is there. */
  readonly optimistic: ((store: AnyValue, args: AnyValue) => void) | null;
}

/** A registered symbol: an app's bundle may hold another copy of this package than the runtime that reads it. */
export const definitionKey = Symbol.for('betterbase.function');

/** The definition of what our own `query(…)` and the others returned; null for anything else, functions of other packages included. */
export function ownDefinition(value: unknown): FunctionDefinition | null {
  if (typeof value !== 'function' || !Object.hasOwn(value, definitionKey)) return null;
  // Only `registerFunction` writes under this key.
  return Reflect.get(value, definitionKey) as FunctionDefinition;
}
