/**
 * The type of `api`, from the types of an app's modules.
 *
 * Always true: looking up `api.queries.todos` looks at no other module. So a function may return what a function of another
 * module returns and neither needs an annotation, although the type of each is part of `api`. This is why directories and
 * modules stay, even if a filter leaves nothing in them.
 */
import type { FunctionKind, Visibility } from './function-kind.ts';
import type { DefaultArgs, FunctionReference } from './function-reference.ts';
import type { Registered } from './registered-function.ts';

interface Modules {
  readonly [path: string]: object;
}

declare const modules: unique symbol;

/**
 * References to all functions of the modules, nested by path.
 *
 * @example type Api = ApiFromModules<{ 'queries/todos': typeof import('../queries/todos') }>; // api.queries.todos.list
 */
export type ApiFromModules<M extends Modules> = Tree<M, Visibility> & { readonly [modules]: M };

/** The part of an api with one visibility, or with references of one kind. */
export type FilterApi<Api, Filter extends Visibility | FunctionReference> = Api extends { readonly [modules]: infer M extends Modules }
  ? Tree<M, Filter>
  : never;

/** The reference to an exported function; never for other exports. */
export type ReferenceTo<Exported> =
  Exported extends Registered<infer Kind, infer Reach, infer Args, infer Returns>
    ? Kind extends FunctionKind
      ? FunctionReference<Kind, Reach, Args extends DefaultArgs ? Args : never, Delivered<Awaited<Returns>>>
      : never
    : never;

type Tree<M extends Modules, Filter> = UnionToIntersection<
  { [Path in keyof M & string]: Nested<Path, References<M[Path], Filter>> }[keyof M & string]
>;

type Nested<Path extends string, Leaf> = Path extends `${infer Head}/${infer Tail}`
  ? { readonly [Name in Head]: Nested<Tail, Leaf> }
  : { readonly [Name in Path]: Leaf };

type References<Module, Filter> = {
  readonly [Name in keyof Module as IsWanted<ReferenceTo<Module[Name]>, Filter> extends true ? Name : never]: ReferenceTo<Module[Name]>;
};

type IsWanted<Reference, Filter> = [Reference] extends [never]
  ? false
  : Reference extends (Filter extends Visibility ? FunctionReference<FunctionKind, Filter> : Filter)
    ? true
    : false;

/** `undefined` is sent as null. */
type Delivered<T> = T extends undefined | void ? null : T;

type UnionToIntersection<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void ? All : never;
