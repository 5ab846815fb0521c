/** What `query(…)` and the others return: a JavaScript function that carries its definition. */
import type { AnyValue } from '../validators/any.ts';
import { readConvexFunction } from './convex-function.ts';
import { definitionKey, type FunctionDefinition, ownDefinition } from './function-definition.ts';
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

/** The definition of what `query(…)` and the others returned, ours or the package `convex`'s; null for anything else. */
export function functionDefinition(value: unknown): FunctionDefinition | null {
  return ownDefinition(value) ?? (typeof value === 'function' ? readConvexFunction(value) : null);
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
