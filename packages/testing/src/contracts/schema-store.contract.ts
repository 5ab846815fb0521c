import { isBetterBaseError, type Validator, type Value, v } from '@betterbase/core';
import { describe, expect, it } from 'vitest';
import { type LendStore, StoreDriver } from './store-driver.ts';
import { index, notes, tableOf, uniqueIndex } from './tables.ts';

type Shape = Record<string, Validator>;

const text = v.string();

/** What every schema store promises. */
export function schemaStoreContract(name: string, lend: LendStore): void {
  describe(`${name} as a schema store`, () => {
    it('numbers tables and remembers schema and deployment', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open());
        const things = tableOf('things', { text }, uniqueIndex('by_text', 'text'));

        const { schema, changes } = await driver.migrate(notes, things);

        expect(schema.tables).toEqual([
          { ...notes, number: 1, active: true },
          { ...things, number: 2, active: true },
        ]);
        expect(changes).toEqual([
          { kind: 'ADD_TABLE', table: 'notes', destructive: false },
          { kind: 'ADD_TABLE', table: 'things', destructive: false },
        ]);
        expect(await open().open()).toMatchObject({ version: 1, deployment: 'deployment-1', schema });
      }));

    it('refuses a migration that was decided on an older version', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        driver.version = 0;

        await expect(driver.migrate()).rejects.toMatchObject({ code: 'commit/conflict' });
        expect((await driver.store.open()).schema.tables).toHaveLength(1);
      }));

    it('never gives the number of one table to another', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), tableOf('one', { text }), tableOf('two', { text }));
        await driver.migrate(tableOf('one', { text }));

        const { schema } = await driver.migrate(tableOf('three', { text }), tableOf('one', { text }));

        expect(schema.tables.map((table) => [table.name, table.number])).toEqual([
          ['one', 1],
          ['three', 3],
        ]);
      }));

    it('keeps a dropped table that holds documents, and gives them back when it is named again', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        const stored = await driver.insert('notes', { owner: 'ada', text: 'hello', rank: 1 });

        const dropped = await driver.migrate();
        expect(dropped.schema.tables).toMatchObject([{ name: 'notes', number: 1, active: false }]);
        expect(dropped.changes).toEqual([{ kind: 'DROP_TABLE', table: 'notes', destructive: true }]);
        const back = await driver.migrate(notes);

        expect(back.schema.tables).toMatchObject([{ name: 'notes', number: 1, active: true }]);
        expect(await driver.read('notes')).toEqual(stored);
        expect(await driver.equal('notes', 'by_owner', 'ada')).toEqual(stored);
      }));

    it('checks the documents of a table that comes back', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), tableOf('things', { text }));
        await driver.insert('things', { text: 'hello' });
        await driver.migrate();

        await expect(driver.migrate(tableOf('things', { text: v.number() }))).rejects.toMatchObject({ code: 'schema/documents-break-it' });
      }));

    it('names the first documents that break the new schema, and changes nothing', () =>
      lend(async (open) => {
        const old = tableOf('things', { text, size: v.optional(v.number()) }, index('by_text', 'text'));
        const driver = await StoreDriver.open(open(), notes, old);
        const stored = await driver.insert('things', { text: 'a', size: 1 }, ...Array.from({ length: 6 }, () => ({ text: 'b' })));
        const next = tableOf('things', { text, size: v.number() }, index('by_size', 'size'));

        const refused: unknown = await driver.migrate(tableOf('new', { text }), next).catch((error: unknown) => error);

        expect(isBetterBaseError(refused) && refused.code).toBe('schema/documents-break-it');
        const offenders = stored
          .slice(1, 6)
          .map(({ _id }) => ({ table: 'things', id: _id, path: 'things.size', expected: 'number', got: 'nothing' }));
        expect(refused).toMatchObject({ details: { offenders } });
        expect((await open().open()).schema.tables).toEqual([
          { ...notes, number: 1, active: true },
          { ...old, number: 2, active: true },
        ]);
        expect(await driver.equal('things', 'by_text', 'a')).toEqual(stored.slice(0, 1));
        await expect(driver.read('things', { index: 'by_size' })).rejects.toMatchObject({ code: 'index/not-found' });
        await driver.insert('things', { text: 'c' });
      }));

    it('takes ids of the new schema for ids', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), tableOf('users', { name: text }), tableOf('posts', { by: text }));
        const [user] = await driver.insert('users', { name: 'ada' });
        const [post] = await driver.insert('posts', { by: user?._id ?? '' });
        const users = tableOf('users', { name: text });

        await expect(driver.migrate(users, tableOf('posts', { by: v.id('posts') }))).rejects.toMatchObject({
          code: 'schema/documents-break-it',
        });
        await driver.migrate(users, tableOf('posts', { by: v.id('users') }));

        expect(await driver.read('posts')).toEqual([post]);
      }));

    it('adds fields and indexes to a table with documents', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), tableOf('things', { text }));
        const old = await driver.insert('things', { text: 'b' }, { text: 'a' });
        const next = tableOf(
          'things',
          { size: v.optional(v.number()), text, maybe: v.optional(v.nullable(text)) },
          index('by_text', 'text'),
          index('by_size', 'size', 'text'),
          uniqueIndex('by_all', 'text', 'size'),
        );

        const { changes } = await driver.migrate(next);
        const [added] = await driver.insert('things', { text: 'a', size: -0, maybe: null });

        expect(changes).toEqual([
          { kind: 'ADD_COLUMN', table: 'things', name: 'size', destructive: false },
          { kind: 'ADD_COLUMN', table: 'things', name: 'maybe', destructive: false },
          { kind: 'ADD_INDEX', table: 'things', name: 'by_text', destructive: false },
          { kind: 'ADD_INDEX', table: 'things', name: 'by_size', destructive: false },
          { kind: 'ADD_INDEX', table: 'things', name: 'by_all', destructive: false },
        ]);
        expect(await driver.read('things', { index: 'by_text' })).toEqual([old[1], added, old[0]]);
        expect(await driver.read('things', { index: 'by_size' })).toEqual([old[1], old[0], added]);
        await expect(driver.insert('things', { text: 'b' })).rejects.toMatchObject({ code: 'document/not-unique' });
      }));

    it('drops fields that no document has, and indexes', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(
          open(),
          tableOf(
            'things',
            { text, old: v.optional(v.number()), gone: v.optional(text) },
            index('by_old', 'old'),
            index('by_text', 'text'),
          ),
        );
        const stored = await driver.insert('things', { text: 'b' }, { text: 'a' });

        const { changes } = await driver.migrate(tableOf('things', { text }, index('by_text', 'text')));

        expect(changes).toEqual([
          { kind: 'DROP_COLUMN', table: 'things', name: 'old', destructive: true },
          { kind: 'DROP_COLUMN', table: 'things', name: 'gone', destructive: true },
          { kind: 'DROP_INDEX', table: 'things', name: 'by_old', destructive: false },
        ]);
        expect(await driver.read('things', { index: 'by_text' })).toEqual([stored[1], stored[0]]);
        await expect(driver.read('things', { index: 'by_old' })).rejects.toMatchObject({ code: 'index/not-found' });
      }));

    it.each<[change: string, from: Shape, to: Shape, documents: Record<string, Value>[], destructive: boolean]>([
      ['a required field that becomes optional', { a: text }, { a: v.optional(text) }, [{ a: 'x' }], false],
      ['an optional field that becomes required', { a: v.optional(text) }, { a: text }, [{ a: 'x' }], true],
      [
        'a field that may be null and then be missing',
        { a: v.nullable(text) },
        { a: v.optional(v.nullable(text)) },
        [{ a: null }, { a: 'x' }],
        false,
      ],
      [
        'a field that may be missing or null and then only null',
        { a: v.optional(v.nullable(text)) },
        { a: v.nullable(text) },
        [{ a: null }, { a: 'x' }],
        true,
      ],
      ['a field of one type that becomes a union', { a: v.number() }, { a: v.union(v.number(), text) }, [{ a: NaN }, { a: 1 }], false],
      ['a union that becomes one type', { a: v.union(v.int64(), text) }, { a: v.int64() }, [{ a: 2n ** 60n }, { a: 1n }], true],
      ['a literal that becomes a string', { a: v.literal('x') }, { a: text }, [{ a: 'x' }], false],
      ['a string that becomes a literal', { a: text }, { a: v.literal('x') }, [{ a: 'x' }], true],
      ['a field that becomes anything', { a: v.vector(2) }, { a: v.any() }, [{ a: [0.5, 0.25] }], false],
      [
        'an object that gains an optional field',
        { a: v.object({ b: text }) },
        { a: v.object({ b: text, c: v.optional(text) }) },
        [{ a: { b: 'x' } }],
        false,
      ],
    ])('changes %s', (_, from, to, documents, destructive) =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), tableOf('things', from, index('by_a', 'a'), uniqueIndex('one_a', 'a')));
        const stored = await driver.insert('things', ...documents);

        const { changes } = await driver.migrate(tableOf('things', to, index('by_a', 'a'), uniqueIndex('one_a', 'a')));

        expect(changes).toEqual([{ kind: 'ALTER_COLUMN', table: 'things', name: 'a', destructive }]);
        expect(await driver.read('things')).toStrictEqual(stored);
        for (const document of stored) expect(await driver.equal('things', 'by_a', document['a'])).toStrictEqual([document]);
        await expect(driver.insert('things', { ...documents[0] })).rejects.toMatchObject({ code: 'document/not-unique' });
      }),
    );

    it('changes a table of objects into a table of a union, and back', () =>
      lend(async (open) => {
        const objects = tableOf('things', { kind: v.literal('a'), size: v.number() }, index('by_size', 'size'));
        const union = {
          ...objects,
          document: v.union(v.object({ kind: v.literal('a'), size: v.number() }), v.object({ kind: v.literal('b') })).json,
        };
        const driver = await StoreDriver.open(open(), objects);
        const stored = await driver.insert('things', { kind: 'a', size: 2 }, { kind: 'a', size: 1 });

        const { changes } = await driver.migrate(union);
        expect(changes).toEqual([{ kind: 'ALTER_COLUMN', table: 'things', destructive: false }]);
        expect(await driver.read('things', { index: 'by_size' })).toEqual([stored[1], stored[0]]);
        const [other] = await driver.insert('things', { kind: 'b' });
        await expect(driver.migrate(objects)).rejects.toMatchObject({ code: 'schema/documents-break-it' });
        if (other !== undefined) await driver.delete('things', other);
        await driver.migrate(objects);

        expect(await driver.read('things', { index: 'by_size' })).toEqual([stored[1], stored[0]]);
      }));

    it('keeps every field of a table with more fields than columns when indexes come and go', () =>
      lend(async (open) => {
        const names = Array.from({ length: 110 }, (_, position) => `f${position}`);
        const fields = { ...Object.fromEntries(names.map((name) => [name, text])), size: v.optional(v.number()) };
        const driver = await StoreDriver.open(open(), tableOf('wide', fields));
        const stored = await driver.insert(
          'wide',
          ...['b', 'a'].map((value) => Object.fromEntries(names.map((name) => [name, value + name]))),
        );

        const [text109, size] = [index('a', 'f109'), index('b', 'size')];
        for (const indexes of [[size], [text109], [text109, size], []]) {
          await driver.migrate(tableOf('wide', fields, ...indexes));
          expect(await driver.read('wide')).toEqual(stored);
          for (const { name } of indexes)
            expect(await driver.read('wide', { index: name })).toEqual(name === 'a' ? stored.toReversed() : stored);
        }
      }));

    it('refuses a unique index that documents break, naming them, and changes nothing', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), tableOf('things', { text, a: v.optional(v.any()) }));
        const [, two, three] = await driver.insert('things', { text: 'x' }, { text: 'y' }, { text: 'y' });

        const byText: unknown = await driver
          .migrate(tableOf('things', { text, a: v.optional(v.any()) }, uniqueIndex('one_text', 'text')))
          .catch((error: unknown) => error);
        const byA: unknown = await driver
          .migrate(tableOf('things', { text, a: v.optional(v.any()) }, uniqueIndex('one_a', 'a')))
          .catch((error: unknown) => error);

        expect(byText).toMatchObject({
          code: 'document/not-unique',
          details: { table: 'things', index: 'one_text', fields: ['text'], values: { text: 'y' }, ids: [two?._id, three?._id] },
        });
        expect(byA).toMatchObject({ code: 'document/not-unique', details: { index: 'one_a', fields: ['a'] } });
        expect((await open().open()).schema.tables).toMatchObject([{ indexes: [] }]);
        await driver.insert('things', { text: 'y' });
      }));

    it('changes only the uniqueness of an index', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(
          open(),
          tableOf('things', { text, size: v.number() }, index('by_text', 'text'), uniqueIndex('by_size', 'size')),
        );
        await driver.insert('things', { text: 'x', size: 1 });

        await driver.migrate(tableOf('things', { text, size: v.number() }, uniqueIndex('by_text', 'text'), index('by_size', 'size')));

        await expect(driver.insert('things', { text: 'x', size: 2 })).rejects.toMatchObject({ code: 'document/not-unique' });
        await driver.insert('things', { text: 'y', size: 1 });
      }));

    it.each([
      ['sqlite_things', 'schema/bad-table-name'],
      ['drop table', 'schema/bad-table-name'],
      ['a"; DROP TABLE notes; --', 'schema/bad-table-name'],
      ['_bb_meta', 'schema/bad-table-name'],
      ['', 'schema/bad-table-name'],
      ['NOTES', 'schema/bad-table-name'],
    ])('refuses a table called %j and changes nothing', (table, code) =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);

        await expect(driver.migrate(notes, tableOf(table, { text }))).rejects.toMatchObject({ code });
        expect((await driver.store.open()).schema.tables).toHaveLength(1);
      }),
    );

    it.each([['by_id'], ['BY_TEXT'], ['x y'], ['x"; --'], ['']])('refuses an index called %j', (indexName) =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open());

        await expect(driver.migrate(tableOf('things', { text }, index('by_text', 'text'), index(indexName, 'text')))).rejects.toMatchObject(
          { code: 'schema/bad-index' },
        );
      }),
    );

    it('has room for words of SQL as names of tables, fields and indexes', () =>
      lend(async (open) => {
        const table = tableOf(
          'select',
          { from: text, where: v.optional(v.number()), rowid: text, oid: v.optional(text) },
          index('order', 'from'),
          index('group', 'where', 'rowid'),
        );
        const driver = await StoreDriver.open(open(), table);

        const stored = await driver.insert('select', { from: 'b', where: 1, rowid: 'x' }, { from: 'a', rowid: 'y', oid: 'z' });

        expect(await driver.read('select', { index: 'order' })).toEqual([stored[1], stored[0]]);
        expect(await driver.read('select', { index: 'group' })).toEqual([stored[1], stored[0]]);
      }));
  });
}
