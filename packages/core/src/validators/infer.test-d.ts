import { expectType, type Same } from './expect-type.ts';
import type { Id } from '../values/value.ts';
import { type Infer, v } from '../runtime.ts';

const everything = v.object({
  any: v.any(),
  array: v.array(v.string()),
  bigint: v.bigint(),
  boolean: v.boolean(),
  bytes: v.bytes(),
  datetime: v.datetime(),
  float64: v.float64(),
  fullText: v.fullText(),
  id: v.id('users'),
  int64: v.int64(),
  literal: v.literal('on'),
  null: v.null(),
  nullable: v.nullable(v.number()),
  number: v.number(),
  object: v.object({ a: v.string(), b: v.optional(v.number()) }),
  optional: v.optional(v.string()),
  record: v.record(v.string(), v.number()),
  string: v.string(),
  union: v.union(v.literal('a'), v.literal(2), v.literal(3n), v.literal(true)),
  vector: v.vector(3),
});

expectType<
  Same<
    Omit<Infer<typeof everything>, 'any'>,
    {
      array: string[];
      bigint: bigint;
      boolean: boolean;
      bytes: ArrayBuffer;
      datetime: string;
      float64: number;
      fullText: string;
      id: Id<'users'>;
      int64: bigint;
      literal: 'on';
      null: null;
      nullable: number | null;
      number: number;
      object: { a: string; b?: number };
      optional?: string;
      record: Record<string, number>;
      string: string;
      union: 'a' | 2 | 3n | true;
      vector: number[];
    }
  >
>();

const user = v.object({ name: v.string(), age: v.number(), nick: v.optional(v.string()) });
const picked = user.pick('name', 'nick');
expectType<Same<Infer<typeof picked>, { name: string; nick?: string }>>();
const omitted = user.omit('age');
expectType<Same<Infer<typeof omitted>, { name: string; nick?: string }>>();
const partial = user.partial();
expectType<Same<Infer<typeof partial>, { name?: string; age?: number; nick?: string }>>();
const extended = user.extend({ age: v.string(), email: v.string() });
expectType<Same<Infer<typeof extended>, { name: string; nick?: string; age: string; email: string }>>();

const shape = v.union(v.object({ kind: v.literal('circle'), radius: v.number() }), v.object({ kind: v.literal('dot') }));
expectType<Same<Infer<typeof shape>, { kind: 'circle'; radius: number } | { kind: 'dot' }>>();
expectType<Same<(typeof shape)['fieldPaths'], 'kind' | 'radius'>>();

const nested = v.object({
  author: v.object({ name: v.string() }),
  tags: v.array(v.string()),
  extra: v.optional(v.object({ a: v.null() })),
});
expectType<Same<(typeof nested)['fieldPaths'], 'author' | 'author.name' | 'tags' | 'extra' | 'extra.a'>>();

expectType<Same<(typeof user)['fields']['name']['kind'], 'string'>>();
expectType<Same<(typeof shape)['members'][1]['fields']['kind']['value'], 'dot'>>();
expectType<Same<(typeof partial)['isOptional'], 'required'>>();

// @ts-expect-error an element of an array cannot be missing
v.array(v.optional(v.string()));
// @ts-expect-error a member of a union cannot be missing
v.union(v.string(), v.optional(v.null()));
// @ts-expect-error the names of a record's fields are strings
v.record(v.number(), v.string());
// @ts-expect-error there is no such field to pick
user.pick('nme');
// @ts-expect-error a field needs a validator, not a type's name
v.object({ name: 'string' });
// @ts-expect-error a literal is a plain value
v.literal({ a: 1 });

const missing: Infer<typeof user> = { name: 'Ada', age: 36 };
// @ts-expect-error age is required
const incomplete: Infer<typeof user> = { name: 'Ada' };
export { incomplete, missing };
