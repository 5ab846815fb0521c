import { expectType, type Same } from '../validators/expect-type.ts';
import {
  type DataModelFromSchema,
  defineSchema,
  defineTable,
  type Doc,
  type Id,
  type TableNames,
  v,
  type WithoutSystemFields,
} from '../runtime.ts';

const schema = defineSchema({
  users: defineTable({ name: v.string(), email: v.optional(v.string()), address: v.object({ city: v.string() }) })
    .index('by_name', ['name'])
    .uniqueIndex('by_email', ['email'])
    .index('by_city', { fields: ['address.city', 'name'] }),
  messages: defineTable(v.object({ author: v.id('users'), body: v.fullText(), embedding: v.vector(3) }))
    .searchIndex('search_body', { searchField: 'body', filterFields: ['author'] })
    .vectorIndex('by_embedding', { vectorField: 'embedding', dimensions: 3 }),
  shapes: defineTable(v.union(v.object({ kind: v.literal('circle'), radius: v.number() }), v.object({ kind: v.literal('dot') }))).index(
    'by_kind',
    ['kind', 'radius'],
  ),
});
type Model = DataModelFromSchema<typeof schema>;

expectType<Same<TableNames<Model>, 'users' | 'messages' | 'shapes'>>();
expectType<
  Same<Doc<Model, 'users'>, { _id: Id<'users'>; _creationTime: number; name: string; email?: string; address: { city: string } }>
>();
expectType<
  Same<
    Doc<Model, 'shapes'>,
    { _id: Id<'shapes'>; _creationTime: number; kind: 'circle'; radius: number } | { _id: Id<'shapes'>; _creationTime: number; kind: 'dot' }
  >
>();
expectType<Same<WithoutSystemFields<Doc<Model, 'users'>>, { name: string; email?: string; address: { city: string } }>>();

expectType<Same<Model['users']['indexes']['by_city'], readonly ['address.city', 'name', '_creationTime']>>();
expectType<Same<Model['users']['indexes']['by_id'], readonly ['_id']>>();
expectType<Same<keyof Model['messages']['indexes'], 'by_id' | 'by_creation_time'>>();
expectType<Same<Model['messages']['searchIndexes']['search_body'], { readonly searchField: 'body'; readonly filterFields: 'author' }>>();
expectType<Same<Model['messages']['vectorIndexes']['by_embedding']['dimensions'], 3>>();
expectType<Same<Model['users']['fieldPaths'], '_id' | '_creationTime' | 'name' | 'email' | 'address' | 'address.city'>>();

const table = defineTable({ name: v.string() });
// @ts-expect-error no document has the field
table.index('by_nme', ['nme']);
// @ts-expect-error an index has at least one field
table.index('by_nothing', []);
// @ts-expect-error every index ends with the creation time by itself
table.index('by_time', ['name', '_creationTime']);
// @ts-expect-error no document has the field
table.uniqueIndex('by_nme', ['nme']);
// @ts-expect-error no document has the field
table.searchIndex('search', { searchField: 'text' });
// @ts-expect-error dimensions are needed
table.vectorIndex('by_vector', { vectorField: 'name' });
// @ts-expect-error a document is never missing
defineTable(v.optional(v.object({ name: v.string() })));
// @ts-expect-error a table is made with defineTable
defineSchema({ users: { name: v.string() } });
