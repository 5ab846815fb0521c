import type { Expand } from './expand.ts';
import type { Infer, Validator } from './validator.ts';

/** Fields of an object, each with its validator. */
export interface Fields {
  readonly [field: string]: Validator;
}

type OptionalNames<F extends Fields> = { [Name in keyof F]: F[Name]['isOptional'] extends 'required' ? never : Name }[keyof F];

/** The objects that fields describe: an optional field may be left out. */
export type ObjectOf<F extends Fields> = Expand<
  { -readonly [Name in Exclude<keyof F, OptionalNames<F>>]: Infer<F[Name]> } & {
    -readonly [Name in OptionalNames<F>]?: Exclude<Infer<F[Name]>, undefined>;
  }
>;

/** The fields and the fields in them: `author`, `author.name`. */
export type FieldPathsOf<F extends Fields> = {
  [Name in keyof F & string]: Name | `${Name}.${F[Name]['fieldPaths']}`;
}[keyof F & string];
