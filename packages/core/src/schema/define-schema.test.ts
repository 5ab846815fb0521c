import { describe, expect, test } from 'vitest';
import { isBetterBaseError } from '../errors/betterbase-error.ts';
import type { Validator } from '../validators/validator.ts';
import { v } from '../validators/v.ts';
import { defineSchema, isSchema, schemaManifest, type Tables } from './schema.ts';
import { defineTable, type TableDefinition } from './table.ts';

const name = v.string();
const table = defineTable({ name });
/** As it is in plain JavaScript: any text where types ask for a field. */
const loose = table as unknown as TableDefinition<Validator<unknown, 'required', string>>;

describe('a schema', () => {
  test('it becomes JSON with its tables, documents and indexes', () => {
    const schema = defineSchema({
      users: defineTable({ name, address: v.object({ city: v.string() }), face: v.vector(3) })
        .index('by_city', ['address.city', 'name'])
        .index('by_name', { fields: ['name'] })
        .uniqueIndex('unique_name', ['name'])
        .searchIndex('search_name', { searchField: 'name', filterFields: ['address.city'] })
        .vectorIndex('by_face', { vectorField: 'face', dimensions: 3 }),
      events: defineTable(v.union(v.object({ type: v.literal('a') }), v.object({ type: v.literal('b'), n: v.number() }))).index('by_n', [
        'type',
        'n',
      ]),
    });

    const { tables } = schemaManifest(schema);
    expect(tables.map((each) => [each.name, each.document.type])).toEqual([
      ['users', 'object'],
      ['events', 'union'],
    ]);
    expect(tables[0]?.indexes).toEqual([
      { kind: 'index', name: 'by_city', fields: ['address.city', 'name'], unique: false },
      { kind: 'index', name: 'by_name', fields: ['name'], unique: false },
      { kind: 'index', name: 'unique_name', fields: ['name'], unique: true },
      { kind: 'search', name: 'search_name', searchField: 'name', filterFields: ['address.city'] },
      { kind: 'vector', name: 'by_face', vectorField: 'face', dimensions: 3, filterFields: [] },
    ]);
    expect(JSON.parse(JSON.stringify(tables))).toEqual(tables);
  });

  test('a definition that is refined stays as it was', () => {
    table.index('by_name', ['name']);

    expect(table.indexes).toEqual([]);
  });

  test('it is recognised, and nothing else is', () => {
    expect(isSchema(defineSchema({}))).toBe(true);
    expect([{ tables: {} }, null, 'schema', table].map(isSchema)).toEqual([false, false, false, false]);
  });

  test('without validation any document is allowed', () => {
    expect(schemaManifest(defineSchema({ users: table }, { schemaValidation: false })).tables[0]?.document).toEqual({ type: 'any' });
  });
});

describe('names that a table cannot have', () => {
  test.each([
    ['todos"; DROP TABLE users; --', 'is not an identifier'],
    ['select * from users', 'is not an identifier'],
    ['', 'is not an identifier'],
    ['2fast', 'is not an identifier'],
    ['with space', 'is not an identifier'],
    ['naïve', 'is not an identifier'],
    ['_users', 'starts with _'],
    ['query', '/api/query is a route'],
    ['Mutation', '/api/mutation is a route'],
    ['action', '/api/action is a route'],
    ['storage', '/api/storage is a route'],
    ['sqlite_sequence', 'starts with sqlite_'],
    ['SQLite_x', 'starts with sqlite_'],
    ['a'.repeat(65), 'is 65 characters long'],
  ])('%s', (bad, message) => {
    expect(problemOf({ [bad]: table })).toEqual({ code: 'schema/bad-table-name', message: expect.stringContaining(message) });
  });

  test('64 characters are a name, and so are words of SQL that are identifiers', () => {
    expect(problemOf({ ['a'.repeat(64)]: table, order: table, group: table, Users_2: table })).toBeNull();
  });

  test('two names that SQL does not tell apart', () => {
    expect(problemOf({ users: table, Users: table })).toEqual({
      code: 'schema/bad-table-name',
      message: expect.stringContaining('differ only in case'),
    });
  });
});

describe('fields that a table cannot have', () => {
  test.each<[string, Validator, string, string]>([
    ['one of the system', v.object({ _id: name }), 'schema/bad-field-name', 'starts with _'],
    ['one that is no identifier', v.object({ 'a-b': name }), 'schema/bad-field-name', 'is not an identifier'],
    ['one in a member of a union', v.union(v.object({ 'a b': name })), 'schema/bad-field-name', 'is not an identifier'],
    ['two that differ only in case', v.object({ name, Name: name }), 'schema/bad-field-name', 'differ only in case'],
    ['two in different members', v.union(v.object({ name }), v.object({ NAME: name })), 'schema/bad-field-name', 'differ only in case'],
    ['none, because it is no object', v.string(), 'schema/invalid', 'a document is an object, not string'],
    ['none, because a member is no object', v.union(v.object({}), v.null()), 'schema/invalid', 'a document is an object'],
  ])('%s', (_what, document, code, message) => {
    expect(problemOf({ users: defineTable(document as Validator<unknown, 'required'>) })).toEqual({
      code,
      message: expect.stringContaining(message),
    });
  });

  test('nested fields are free: they are no columns', () => {
    expect(problemOf({ users: defineTable({ a: v.object({ 'odd name': name, _x: name, a: name, A: name }) }) })).toBeNull();
  });
});

describe('indexes that a table cannot have', () => {
  const sixteen = Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`f${n}`, name]));
  const wide = defineTable(sixteen) as unknown as typeof loose;

  test.each<[string, object, string]>([
    ['on an unknown field', loose.index('by_nme', ['nme']), 'Index `by_nme` on table `users` names field `nme`, which no document has.'],
    ['on an unknown nested field', loose.index('by_nme', ['name.first']), 'names field `name.first`, which no document has'],
    ['on a method of every object', loose.index('by_it', ['constructor']), 'names field `constructor`, which no document has'],
    ['on the creation time', loose.index('by_time', ['_creationTime']), 'names `_creationTime`, which every index ends with'],
    ['on the id', loose.index('by_the_id', ['_id']), 'names `_id`, which has an index of its own'],
    ['on one field twice', loose.index('twice', ['name', 'name']), 'names field `name` twice'],
    ['on nothing', loose.index('none', [] as never), 'has no fields'],
    ['on 17 fields', wide.index('wide', Object.keys(sixteen) as never), 'has 17 fields'],
    ['called by_id', loose.index('by_id', ['name']), 'is taken'],
    ['called BY_CREATION_TIME', loose.index('BY_CREATION_TIME', ['name']), 'is taken'],
    ['with a name that is SQL', loose.index('x; drop table users', ['name']), 'is not an identifier'],
    ['with a name of the system', loose.index('_mine', ['name']), 'starts with _'],
    ['with a name that is used', loose.index('a', ['name']).searchIndex('A', { searchField: 'name' }), 'two indexes named `A`'],
    ['searching an unknown field', loose.searchIndex('search', { searchField: 'text' }), 'names field `text`, which no document has'],
    [
      'searching what is no text',
      defineTable({ n: v.number() }).searchIndex('search', { searchField: 'n' }),
      'searches field `n`, which is no text',
    ],
    [
      'filtering by an unknown field',
      loose.searchIndex('search', { searchField: 'name', filterFields: ['x'] }),
      'names field `x`, which no document has',
    ],
    ['of one dimension', defineTable({ e: v.vector(1) }).vectorIndex('near', { vectorField: 'e', dimensions: 1 }), 'has 1 dimensions'],
    [
      'of other dimensions than its field',
      defineTable({ e: v.vector(3) }).vectorIndex('near', { vectorField: 'e', dimensions: 4 }),
      'has 4 dimensions, and field `e` has 3',
    ],
    ['of similarity on text', loose.vectorIndex('near', { vectorField: 'name', dimensions: 3 }), 'is on field `name`, which is no vector'],
  ])('%s', (_what, users, message) => {
    expect(problemOf({ users } as never)).toEqual({ code: 'schema/bad-index', message: expect.stringContaining(message) });
  });

  test('33 of them', () => {
    const many = Array.from({ length: 33 }, (_, n) => `i${n}`).reduce(
      (all, index) => all.index(index, ['name']),
      loose as never as typeof loose,
    );

    expect(problemOf({ users: many })).toEqual({ code: 'schema/too-many-indexes', message: expect.stringContaining('has 33 indexes') });
  });

  test('a vector may be an array of numbers, and a field of a document that may be anything', () => {
    expect(
      problemOf({ a: defineTable({ e: v.optional(v.array(v.number())) }).vectorIndex('near', { vectorField: 'e', dimensions: 3 }) }),
    ).toBeNull();
    expect(
      problemOf({ a: defineTable(v.any()).index('by_x', ['x.y']).vectorIndex('near', { vectorField: 'e', dimensions: 3 }) }),
    ).toBeNull();
  });
});

test('all problems of a schema are named at once', () => {
  const problem = problemOf({ query: table, users: loose.index('a', ['x']).index('b', ['y']) });

  expect(problem?.code).toBe('schema/invalid');
  expect(problem?.message.split('\n')).toEqual([
    'The schema has 3 problems:',
    expect.stringContaining('query'),
    expect.stringContaining('Index `a` on table `users` names field `x`, which no document has. Its fields are name.'),
    expect.stringContaining('Index `b`'),
  ]);
});

test('what is no table is refused', () => {
  expect(problemOf({ users: { name } } as never)).toEqual({
    code: 'schema/invalid',
    message: 'Table "users" is not made with defineTable.',
  });
  expect(problemOf(5 as never)?.code).toBe('schema/invalid');
});

function problemOf(tables: Tables): { code: string; message: string } | null {
  try {
    defineSchema(tables);
    return null;
  } catch (error) {
    if (isBetterBaseError(error)) return { code: error.code, message: error.message };
    throw error;
  }
}
