/** How functions are defined, as types: a handler alone, or an object with validators. */
import type { Fields, ObjectOf } from '../validators/fields.ts';
import type { AnyValue } from '../validators/any.ts';
import type { Infer, Validator } from '../validators/validator.ts';
import type { GenericDataModel } from '../schema/data-model.ts';
import type { ActionCtx, MutationCtx, QueryCtx } from './context.ts';
import type { FunctionKind, Visibility } from './function-kind.ts';
import type { DefaultArgs } from './function-reference.ts';
import type { OptimisticStore } from './optimistic-store.ts';
import type { RegisteredFunction } from './registered-function.ts';

/** Arguments by name, or one validator for the object of them. */
export type ArgsValidator = Fields | Validator<AnyValue, 'required'>;
export type ReturnsValidator = Fields | Validator<unknown, 'required'>;

type Validated<V> = [V] extends [Validator] ? Infer<V> : [V] extends [Fields] ? ObjectOf<V> : never;

/** A result of null may be left out: `undefined` arrives as null. */
type Result<R> = [R] extends [ReturnsValidator] ? OrNothing<Validated<R>> | Promise<OrNothing<Validated<R>>> : AnyValue;
type OrNothing<T> = null extends T ? T | undefined | void : T;

/** What a handler may take after `ctx`. */
type HandlerArgs<A> = [A] extends [ArgsValidator] ? [args: Validated<A>] : [args: DefaultArgs] | [];
/** What it takes where it does not say. */
type UsualArgs<A> = [A] extends [ArgsValidator] ? [args: Validated<A>] : [args: DefaultArgs];

/** The argument object that callers give. */
type CallArgs<H extends readonly unknown[]> = H extends readonly [infer Args] ? Args : Record<string, never>;

interface Definition<Ctx, A, R, Returns, H extends readonly unknown[]> {
  /** Which arguments are allowed. Without it any are. */
  readonly args?: A;
  /** What the result must be. Without it any value is. */
  readonly returns?: R;
  readonly handler: (ctx: Ctx, ...args: H) => Returns;
}

interface WithOptimistic<H extends readonly unknown[]> {
  /** The change this mutation will likely make, shown by the client until the real result is there. */
  readonly optimistic?: (store: OptimisticStore, args: CallArgs<NoInfer<H>>) => void;
}

export type FunctionBuilder<Kind extends FunctionKind, Ctx, Reach extends Visibility> = <
  A extends ArgsValidator | void = void,
  R extends ReturnsValidator | void = void,
  Returns extends Result<R> = AnyValue,
  H extends HandlerArgs<A> = UsualArgs<A>,
>(
  definition:
    | ((ctx: Ctx, ...args: H) => Returns)
    | (Definition<Ctx, A, R, Returns, H> & (Kind extends 'mutation' ? WithOptimistic<H> : unknown)),
) => RegisteredFunction<Kind, Reach, CallArgs<H>, Returns>;

export type QueryBuilder<Model extends GenericDataModel, Reach extends Visibility> = FunctionBuilder<'query', QueryCtx<Model>, Reach>;
export type MutationBuilder<Model extends GenericDataModel, Reach extends Visibility> = FunctionBuilder<
  'mutation',
  MutationCtx<Model>,
  Reach
>;
export type ActionBuilder<Model extends GenericDataModel, Reach extends Visibility> = FunctionBuilder<'action', ActionCtx<Model>, Reach>;
