/** What `query(…)` and the others return: a JavaScript function that carries its definition (B1.03). */
import type { AnyValue } from '../validators/any.ts';
import type { Validator } from '../validators/validator.ts';
import type { FunctionKind, Visibility } from './function-kind.ts';

declare const signature: unique symbol;

/** For the compiler only: what a reference to the function will know. */
export interface Signature<Kind, Reach, Args, Returns> {
  readonly kind: Kind;
  readonly visibility: Reach;
  readonly args: Args;
  readonly returns: Returns;
}

export interface Registered<Kind extends FunctionKind | 'http', Reach extends Visibility, Args, Returns> {
  /** Calls the handler as plain JavaScript: no validation, no transaction. For tests and shared code. */
  (ctx: AnyValue, args: Args): Returns;
  readonly isConvexFunction: true;
  /** JSON text of the validator of the arguments. */
  exportArgs(): string;
  /** JSON text of the validator of the result, `null` if there is none. */
  exportReturns(): string;
  readonly _handler: (ctx: AnyValue, args: Args) => Returns;
  readonly [signature]?: Signature<Kind, Reach, Args, Returns>;
}

type KindFlag<Kind extends FunctionKind> = { readonly [Flag in `is${Capitalize<Kind>}`]: true };
type ReachFlag<Reach extends Visibility> = { readonly [Flag in `is${Capitalize<Reach>}`]: true };

export type RegisteredFunction<Kind extends FunctionKind, Reach extends Visibility, Args, Returns> = Registered<
  Kind,
  Reach,
  Args,
  Returns
> &
  KindFlag<Kind> &
  ReachFlag<Reach>;
export type RegisteredQuery<Reach extends Visibility, Args, Returns> = RegisteredFunction<'query', Reach, Args, Returns>;
export type RegisteredMutation<Reach extends Visibility, Args, Returns> = RegisteredFunction<'mutation', Reach, Args, Returns>;
export type RegisteredAction<Reach extends Visibility, Args, Returns> = RegisteredFunction<'action', Reach, Args, Returns>;

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
const definitionKey = Symbol.for('betterbase.function');

/** The definition of what `query(…)` and the others returned; null for anything else. */
export function functionDefinition(value: unknown): FunctionDefinition | null {
  if (typeof value !== 'function' || !Object.hasOwn(value, definitionKey)) return null;
  // Only `registerFunction` writes under this key.
  return Reflect.get(value, definitionKey) as FunctionDefinition;
}

const flags = { query: 'isQuery', mutation: 'isMutation', action: 'isAction', http: 'isHttp' } as const;
const anything = JSON.stringify({ type: 'any' });

export function registerFunction<R>(definition: FunctionDefinition): R {
  const { kind, visibility, args, returns, handler } = definition;
  const registered = (ctx: unknown, values: unknown): unknown => handler(ctx, values);
  Object.defineProperty(registered, definitionKey, { value: definition });
  Object.assign(registered, {
    isConvexFunction: true,
    [flags[kind]]: true,
    ...(kind === 'http' ? {} : { [visibility === 'public' ? 'isPublic' : 'isInternal']: true }),
    exportArgs: () => (args === null ? anything : JSON.stringify(args.json)),
    exportReturns: () => JSON.stringify(returns?.json ?? null),
    _handler: handler,
  });
  return registered as R;
}
