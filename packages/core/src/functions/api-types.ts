/** The type of `api`, from the types of an app's modules. */
import type { Expand } from '../validators/expand.ts';
import type { FunctionKind, Visibility } from './function-kind.ts';
import type { DefaultArgs, FunctionReference } from './function-reference.ts';
import type { Registered } from './registered-function.ts';

/**
 * References to all functions of the modules, nested by path.
 *
 * @example type Api = ApiFromModules<{ 'queries/todos': typeof import('../queries/todos') }>; // api.queries.todos.list
 */
export type ApiFromModules<Modules extends { readonly [path: string]: object }> = UnionToIntersection<
  { [Path in keyof Modules & string]: Nested<Path, FunctionsOf<Modules[Path]>> }[keyof Modules & string]
>;

/** The part of an api that a visibility, or a kind of reference, lets through. Modules left empty disappear. */
export type FilterApi<Api, Filter extends Visibility | FunctionReference> = Expand<{
  [Name in keyof Api as Api[Name] extends FunctionReference
    ? Api[Name] extends Wanted<Filter>
      ? Name
      : never
    : keyof FilterApi<Api[Name], Filter> extends never
      ? never
      : Name]: Api[Name] extends FunctionReference ? Api[Name] : FilterApi<Api[Name], Filter>;
}>;

/** The reference to an exported function. */
export type ReferenceTo<Exported> =
  Exported extends Registered<infer Kind, infer Reach, infer Args, infer Returns>
    ? Kind extends FunctionKind
      ? FunctionReference<Kind, Reach, Args extends DefaultArgs ? Args : never, Delivered<Awaited<Returns>>>
      : never
    : never;

type Wanted<Filter> = Filter extends Visibility ? FunctionReference<FunctionKind, Filter> : Filter;

type FunctionsOf<Module> = {
  readonly [Name in keyof Module as ReferenceTo<Module[Name]> extends never ? never : Name]: ReferenceTo<Module[Name]>;
};

type Nested<Path extends string, Leaf> = Path extends `${infer Head}/${infer Tail}`
  ? { readonly [Name in Head]: Nested<Tail, Leaf> }
  : { readonly [Name in Path]: Leaf };

/** `undefined` is sent as null. */
type Delivered<T> = T extends undefined | void ? null : T;

type UnionToIntersection<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void ? All : never;
