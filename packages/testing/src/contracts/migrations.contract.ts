import { type FieldJson, v } from '@betterbase/core';
import { type NamedMigration, planSchema } from '@betterbase/engine';
import type { TableManifest } from '@betterbase/protocol';
import { describe, expect, it } from 'vitest';
import { type LendStore, StoreDriver } from './store-driver.ts';
import { countedIndex, index, searchIndex, tableOf, uniqueIndex } from './tables.ts';

const text = v.string();

/** What every schema store promises about documents that a deployment moves, fills in, or changes. */
export function migrationsContract(name: string, lend: LendStore): void {
  describe(`${name} with changes of documents`, () => {
    it('gives a renamed table its documents, ids and indexes, and takes the hint away without a change', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), people('users'), tableOf('posts', { by: v.id('users') }));
        const stored = await driver.insert('users', { name: 'bob', bio: 'builds' }, { name: 'ada', bio: 'adds' });
        const posts = await driver.insert('posts', { by: stored[0]?._id ?? '' });
        const renamed = tableOf('posts', { by: v.id('people') });

        const { changes, schema } = await driver.migrate({ ...people('people'), renamedFrom: 'users' }, renamed);

        expect(changes).toEqual([{ kind: 'RENAME_TABLE', table: 'people', from: 'users', destructive: false }]);
        expect(schema.tables.map((table) => [table.name, table.number])).toEqual([
          ['people', 1],
          ['posts', 2],
        ]);
        expect(await driver.read('people', { index: 'by_name' })).toEqual(stored.toReversed());
        expect(await driver.store.get('people', stored[0]?._id ?? '')).toEqual(stored[0]);
        expect(await driver.read('posts')).toEqual(posts);
        expect(await driver.search('people', 'bio', 'adds')).toEqual([stored[1]]);
        await expect(driver.insert('people', { name: 'ada', bio: '' })).rejects.toMatchObject({ code: 'document/not-unique' });
        expect((await driver.migrate(people('people'), renamed)).changes).toEqual([]);
        expect(await new StoreDriver(open()).reopened('people')).toEqual(stored);
      }));

    it('takes a new table by the name that a renamed one had', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), people('users'));
        const stored = await driver.insert('users', { name: 'ada', bio: 'adds' });

        const { schema } = await driver.migrate({ ...people('people'), renamedFrom: 'users' }, { ...people('users') });
        expect(schema.tables.map(({ name: each }) => each)).toEqual(['users', 'people']);
        await driver.migrate(people('users'));
        const moved = await driver.migrate({ ...people('members'), renamedFrom: 'users' }, people('users2'));

        expect(moved.schema.tables.find(({ name: each }) => each === 'members')?.number).toBe(1);
        const again = await driver.migrate(people('members'), people('users'));
        expect(again.changes).toContainEqual({ kind: 'ADD_TABLE', table: 'users', destructive: false });
        const added = await driver.insert('users', { name: 'eve', bio: 'evades' });
        expect(await driver.read('members')).toEqual(stored);
        expect(await driver.equal('users', 'by_name', 'eve')).toEqual(added);
        expect(await driver.search('members', 'bio', 'adds')).toEqual(stored);
      }));

    it('refuses a name under which documents of an earlier table are kept', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), tableOf('one', { text }), tableOf('two', { text }));
        await driver.insert('two', { text: 'kept' });
        await driver.migrate(tableOf('one', { text }));

        await expect(driver.migrate({ ...tableOf('two', { text }), renamedFrom: 'one' })).rejects.toMatchObject({
          code: 'schema/bad-rename',
        });
      }));

    it('moves renamed fields, with their indexes', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), people('users'));
        const stored = await driver.insert('users', { name: 'bob', bio: 'builds' }, { name: 'ada', bio: 'adds' });
        const next = {
          ...tableOf(
            'users',
            { title: text, about: v.optional(text) },
            uniqueIndex('by_name', 'title'),
            countedIndex('counted', 'title'),
            searchIndex('bio', 'about'),
          ),
          renamedFields: { title: 'name', about: 'bio' },
        };

        const { changes } = await driver.migrate(next);

        expect(changes).toEqual([
          { kind: 'RENAME_COLUMN', table: 'users', name: 'title', from: 'name', destructive: false },
          { kind: 'RENAME_COLUMN', table: 'users', name: 'about', from: 'bio', destructive: false },
          { kind: 'ALTER_COLUMN', table: 'users', name: 'about', destructive: false },
        ]);
        const moved = stored.map(({ name: title, bio: about, ...rest }) => ({ ...rest, title, about }));
        expect(await driver.read('users')).toEqual(moved);
        expect(await driver.read('users', { index: 'by_name' })).toEqual(moved.toReversed());
        expect(await driver.search('users', 'bio', 'builds', 'about')).toEqual([moved[0]]);
        expect((await driver.migrate({ ...next, renamedFields: {} })).changes).toEqual([]);
      }));

    it('fills a new required field with its default, and one that stops being optional', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), tableOf('things', { text, size: v.optional(v.number()) }));
        const stored = await driver.insert('things', { text: 'a', size: 7 }, { text: 'b' });
        const next = withDefaults(tableOf('things', { text, size: v.number(), big: v.int64() }, index('by_size', 'size')), {
          size: 1,
          big: { $integer: 'BQAAAAAAAAA=' },
        });

        const { changes } = await driver.migrate(next);

        expect(changes).toMatchObject([
          { kind: 'ALTER_COLUMN', name: 'size', destructive: false },
          { kind: 'ADD_COLUMN', name: 'big', destructive: false },
          { kind: 'ADD_INDEX' },
        ]);
        expect(await driver.read('things', { index: 'by_size' })).toEqual([
          { ...stored[1], size: 1, big: 5n },
          { ...stored[0], size: 7, big: 5n },
        ]);
      }));

    it('takes a field that left the schema from every document', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), tableOf('things', { text, size: v.optional(v.number()) }));
        await driver.insert('things', { text: 'a', size: 7 }, { text: 'b' });

        expect(await driver.store.holding('things', 'size')).toBe(1);
        expect(await driver.store.holding('things')).toBe(2);
        await driver.migrate(tableOf('things', { text }));

        expect((await driver.read('things')).map((thing) => Object.keys(thing).sort())).toEqual(
          Array.from({ length: 2 }, () => ['_creationTime', '_id', 'text']),
        );
      }));

    it.each<[string, Record<string, FieldJson>, number]>([
      ['may be null or missing', { a: { fieldType: v.nullable(v.number()).json, optional: true } }, 3],
      ['may be missing', { a: { fieldType: v.union(v.number(), v.null(), v.string()).json, optional: true } }, 3],
      ['is anything', { a: { fieldType: v.any().json, optional: true } }, 3],
    ])('counts the documents that have a field which %s', (_, value, count) =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), { name: 'things', document: { type: 'object', value }, indexes: [] });
        await driver.insert('things', { a: NaN }, { a: null }, { a: 1 }, {}, {});

        expect(await driver.store.holding('things', 'a')).toBe(count);
      }),
    );

    it('changes documents by migration functions, in order, before defaults and before fields go, and remembers them', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), people('users'));
        const stored = await driver.insert('users', { name: 'Ada Lovelace', bio: 'adds' }, { name: 'Bob', bio: 'builds' });
        const split: NamedMigration = {
          name: '1_split',
          table: 'users',
          migrate: ({ name: full }) => ({ first: full.split(' ')[0], last: full.split(' ')[1] }),
        };
        const shout: NamedMigration = {
          name: '2_shout',
          table: 'users',
          migrate: ({ first }) => ({ first: first.toUpperCase(), bio: undefined }),
        };
        const next = withDefaults(tableOf('users', { first: text, last: text, bio: v.optional(text) }, index('by_last', 'last')), {
          last: 'unknown',
        });

        await driver.migrateBy([split, shout], next);

        const [ada, bob] = stored.map(({ _id, _creationTime }) => ({ _id, _creationTime }));
        expect(await driver.read('users', { index: 'by_last' })).toEqual([
          { ...ada, first: 'ADA', last: 'Lovelace' },
          { ...bob, first: 'BOB', last: 'unknown' },
        ]);
        expect(await open().appliedMigrations()).toMatchObject([
          { name: '1_split', table: 'users', documents: 2, at: driver.now, deployment: 'deployment-3' },
          { name: '2_shout' },
        ]);
      }));

    it.each<[string, NamedMigration['migrate']]>([
      [
        'throws',
        () => {
          throw new TypeError('no such thing');
        },
      ],
      ['gives what is no value', () => ({ name: new Date() })],
      ['waits', async () => ({})],
      ['changes an id', () => ({ _id: 'other' })],
    ])('changes nothing when a migration function %s', (_, migrate) =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), people('users'));
        const stored = await driver.insert('users', { name: 'ada', bio: 'adds' });

        const refused = driver.migrateBy([{ name: 'bad', table: 'users', migrate }], people('users'));

        await expect(refused).rejects.toMatchObject({
          code: 'migration/failed',
          details: { migration: 'bad', table: 'users', id: stored[0]?._id },
        });
        expect(await driver.read('users')).toEqual(stored);
        expect(await driver.store.appliedMigrations()).toEqual([]);
      }),
    );

    it('says how many documents are in the way', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), tableOf('things', { text }), tableOf('others', { text }));
        await driver.insert('things', ...Array.from({ length: 40 }, (_, at) => ({ text: `${at}` })));
        await driver.insert('others', { text: 'x' });

        await expect(
          driver.migrate(tableOf('things', { text: v.number() }), tableOf('others', { text: v.number() })),
        ).rejects.toMatchObject({
          code: 'schema/documents-break-it',
          details: { count: 41, offenders: Array.from({ length: 5 }, () => ({ path: 'things.text', expected: 'number' })) },
        });
      }));

    it('plans what is lost, and names it by its changes', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), people('users'), tableOf('gone', { text }), tableOf('empty', { text }));
        await driver.insert('users', { name: 'ada', bio: 'adds' });
        await driver.insert('gone', { text: 'a' }, { text: 'b' });
        const { schema } = await driver.store.open();
        const target = { schema: { tables: [{ ...tableOf('people', { name: v.literal('ada') }), renamedFrom: 'users' }] }, migrations: [] };

        const plan = await planSchema(driver.store, schema, target);

        expect(plan.losses).toEqual([
          { kind: 'ALTER_COLUMN', table: 'people', name: 'name', destructive: true, documents: 1 },
          { kind: 'DROP_COLUMN', table: 'people', name: 'bio', destructive: true, documents: 1 },
          { kind: 'DROP_TABLE', table: 'gone', destructive: true, documents: 2 },
        ]);
        expect(plan.changes).toContainEqual({ kind: 'DROP_TABLE', table: 'empty', destructive: true, documents: 0 });
        await driver.insert('gone', { text: 'c' });
        expect((await planSchema(driver.store, schema, target)).consent).toBe(plan.consent);
        expect((await planSchema(driver.store, schema, { schema: { tables: [] }, migrations: [] })).consent).not.toBe(plan.consent);
      }));
  });
}

function people(name: string): TableManifest {
  return tableOf(
    name,
    { name: text, bio: text },
    uniqueIndex('by_name', 'name'),
    countedIndex('counted', 'name'),
    searchIndex('bio', 'bio'),
  );
}

function withDefaults(table: TableManifest, defaults: NonNullable<TableManifest['defaults']>): TableManifest {
  return { ...table, defaults };
}
