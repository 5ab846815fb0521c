import type { AnyValue } from '../validators/any.ts';
import type { FunctionKind, Visibility } from './function-kind.ts';

/** A function's name that knows its arguments and its result: `api.queries.todos.list`. */
export interface FunctionReference<
  Kind extends FunctionKind = FunctionKind,
  Reach extends Visibility = Visibility,
  Args extends DefaultArgs = AnyValue,
  Returns = AnyValue,
> {
  /** These exist for the compiler only. */
  readonly _type: Kind;
  readonly _visibility: Reach;
  readonly _args: Args;
  readonly _returnType: Returns;
}

export type AnyFunctionReference = FunctionReference;

/** The arguments of a function that declares none: anything by name. */
export interface DefaultArgs {
  [name: string]: AnyValue;
}

export type FunctionArgs<Ref extends FunctionReference> = Ref['_args'];
export type FunctionReturnType<Ref extends FunctionReference> = Ref['_returnType'];

/** The argument object as rest parameters: left out where every field may be. */
export type OptionalArgs<Ref extends FunctionReference> =
  Record<never, never> extends FunctionArgs<Ref> ? [args?: FunctionArgs<Ref>] : [args: FunctionArgs<Ref>];

/** The same, and options behind it. */
export type ArgsAndOptions<Ref extends FunctionReference, Options> =
  Record<never, never> extends FunctionArgs<Ref>
    ? [args?: FunctionArgs<Ref>, options?: Options]
    : [args: FunctionArgs<Ref>, options?: Options];
