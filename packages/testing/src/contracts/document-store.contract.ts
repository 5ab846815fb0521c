import { isBetterBaseError, v } from '@betterbase/core';
import { describe, expect, it } from 'vitest';
import { deletion, insertion, type LendStore, replaced, StoreDriver } from './store-driver.ts';
import { index, notes, tableOf, uniqueIndex } from './tables.ts';

const note = { owner: 'ada', text: 'hello', rank: 1 };

/** What every document store promises. */
export function documentStoreContract(name: string, lend: LendStore): void {
  describe(`${name} as a document store`, () => {
    it('is empty at first, at version 0, with no deployment', () =>
      lend(async (open) => {
        expect(await open().open()).toEqual({ version: 0, time: 0, deployment: null, schema: { tables: [] } });
      }));

    it('gives back what was committed, and null for what was not', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        const [stored] = await driver.insert('notes', note);
        const other = driver.document('notes', note);

        expect(await driver.store.get('notes', stored?._id ?? '')).toEqual(stored);
        expect(await driver.store.get('notes', other._id)).toBeNull();
      }));

    it('hands out fresh objects', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), tableOf('boxes', { items: v.array(v.string()) }));
        const [box] = await driver.insert('boxes', { items: ['one'] });
        const first = await driver.store.get('boxes', box?._id ?? '');

        Object.assign(first ?? {}, { items: 'mine' });

        expect(await driver.store.get('boxes', box?._id ?? '')).toEqual(box);
      }));

    it('changes and deletes documents', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        const [one, two] = await driver.insert('notes', note, { ...note, text: 'two', done: true });
        if (one === undefined || two === undefined) throw new Error('Two documents were inserted.');

        const changed = await driver.replace('notes', one, { owner: 'bob', text: 'hello', rank: 2, done: false });
        await driver.delete('notes', two);

        expect(await driver.read('notes')).toEqual([changed]);
        expect(await driver.equal('notes', 'by_owner', 'ada')).toEqual([]);
        expect(await driver.equal('notes', 'by_owner', 'bob')).toEqual([changed]);
      }));

    it('takes a field away when it is gone from the document', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        const [stored] = await driver.insert('notes', { ...note, done: true });
        if (stored === undefined) throw new Error('One document was inserted.');

        await driver.replace('notes', stored, note);

        expect(Object.keys((await driver.read('notes'))[0] ?? {}).sort()).toEqual(['_creationTime', '_id', 'owner', 'rank', 'text']);
      }));

    it('refuses a commit that was decided on an older version, and changes nothing', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        await driver.insert('notes', note);
        const late = driver.document('notes', note);

        const refused = driver.commit([insertion('notes', late)], { basedOn: driver.version - 1, version: driver.version });

        await expect(refused).rejects.toMatchObject({ code: 'commit/conflict' });
        expect(await driver.read('notes')).toHaveLength(1);
        expect((await driver.store.open()).version).toBe(driver.version);
      }));

    it('applies a whole batch or nothing of it', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), tableOf('users', { email: v.string() }, uniqueIndex('by_email', 'email')));
        const [ada, bob] = await driver.insert('users', { email: 'ada' }, { email: 'bob' });
        if (ada === undefined || bob === undefined) throw new Error('Two documents were inserted.');
        const cyd = driver.document('users', { email: 'cyd' });
        const secondAda = driver.document('users', { email: 'ada' });

        const refused = driver.commit([
          { table: 'users', id: ada._id, before: ada, after: replaced(ada, { email: 'ada' }) },
          deletion('users', bob),
          insertion('users', cyd),
          insertion('users', secondAda),
        ]);

        await expect(refused).rejects.toMatchObject({ code: 'document/not-unique' });
        expect(await driver.read('users')).toEqual([ada, bob]);
        expect((await driver.store.open()).version).toBe(driver.version);
      }));

    it('remembers documents, version and time across a restart', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        const [stored] = await driver.insert('notes', note);

        const again = open();

        expect(await again.open()).toMatchObject({ version: driver.version, time: driver.time, deployment: 'deployment-1' });
        expect(await again.get('notes', stored?._id ?? '')).toEqual(stored);
      }));

    it('holds every kind of value in a field of its own', () =>
      lend(async (open) => {
        const kinds = tableOf('kinds', {
          text: v.optional(v.string()),
          number: v.optional(v.number()),
          flag: v.optional(v.boolean()),
          big: v.optional(v.int64()),
          bytes: v.optional(v.bytes()),
          vector: v.optional(v.vector(2)),
          maybe: v.optional(v.nullable(v.string())),
          nullable: v.nullable(v.number()),
          nothing: v.optional(v.null()),
          list: v.optional(v.array(v.any())),
          any: v.optional(v.any()),
          choice: v.optional(v.union(v.literal('a'), v.literal('b'))),
          mixed: v.optional(v.union(v.string(), v.number())),
          when: v.optional(v.datetime()),
          record: v.optional(v.record(v.string(), v.int64())),
          constructor: v.optional(v.string()),
          Text: v.optional(v.string()),
        });
        const driver = await StoreDriver.open(open(), kinds);

        const stored = await driver.insert(
          'kinds',
          { nullable: null },
          {
            nullable: NaN,
            text: '',
            number: -0,
            flag: false,
            big: 0n,
            bytes: new ArrayBuffer(0),
            vector: [0, -0.5],
            maybe: null,
            nothing: null,
            list: [],
            any: null,
          },
          {
            nullable: -0,
            text: 'a\0b"\'\u{10ffff}',
            number: NaN,
            flag: true,
            big: 2n ** 63n - 1n,
            bytes: Uint8Array.of(0, 255).buffer,
            maybe: 'x',
          },
          {
            nullable: Infinity,
            number: -Infinity,
            big: -(2n ** 53n) - 1n,
            list: [{ n: -0, b: 5n }, null, [NaN]],
            any: { deep: [new ArrayBuffer(2)] },
          },
          { nullable: 5e-324, number: Number.MAX_VALUE, big: -5n, choice: 'b', mixed: 5, when: '2026-01-31T12:00:00Z', record: { x: 1n } },
          { nullable: 0.1, number: 2 ** 53, mixed: '5', constructor: 'own', text: 'lower', Text: 'upper', vector: [0.1, 0.2] },
        );

        expect(await driver.read('kinds')).toEqual(stored);
        for (const document of stored) expect(await driver.store.get('kinds', document._id)).toStrictEqual(document);
      }));

    it('tells a missing field from null in a change too', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(
          open(),
          tableOf('maybes', { maybe: v.optional(v.nullable(v.string())), number: v.optional(v.number()) }),
        );
        const steps = [{}, { maybe: null }, { maybe: 'x' }, { maybe: null, number: -0 }, { number: 0 }, { number: NaN }, {}];
        let [document] = await driver.insert('maybes', {});

        for (const fields of steps) {
          if (document === undefined) throw new Error('One document was inserted.');
          document = await driver.replace('maybes', document, fields);
          expect(await driver.read('maybes')).toStrictEqual([document]);
        }
      }));

    it('refuses a document of more than 2 MB and changes nothing', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);

        const refused = driver.insert('notes', note, { ...note, text: 'x'.repeat(2_000_001) });

        await expect(refused).rejects.toMatchObject({ code: 'document/too-large' });
        expect(await driver.read('notes')).toEqual([]);
      }));

    it('takes a document of just under 2 MB', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), tableOf('texts', { text: v.string() }));

        const [stored] = await driver.insert('texts', { text: 'é'.repeat(999_900) });

        expect(await driver.store.get('texts', stored?._id ?? '')).toEqual(stored);
      }));
  });

  describe(`${name} and its unique indexes`, () => {
    it.each([
      ['texts', { a: v.string(), b: v.string() }, { a: 'x', b: 'y' }],
      ['numbers', { a: v.number(), b: v.optional(v.number()) }, { a: NaN }],
      ['missing fields', { a: v.optional(v.string()), b: v.optional(v.any()) }, {}],
      ['nested values', { a: v.any(), b: v.bytes() }, { a: { list: [1n] }, b: Uint8Array.of(1).buffer }],
    ])('refuse a second document with the same %s, naming index, fields and values', (_, fields, values) =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), tableOf('pairs', fields, uniqueIndex('by_pair', 'a', 'b')));
        const [first] = await driver.insert('pairs', values);

        const refused: unknown = await driver.insert('pairs', values).catch((error: unknown) => error);

        expect(isBetterBaseError(refused) && refused.code).toBe('document/not-unique');
        expect(refused).toMatchObject({ details: { table: 'pairs', index: 'by_pair', fields: ['a', 'b'] } });
        expect(refused).toMatchObject({ message: expect.stringContaining('by_pair') as unknown });
        expect(await driver.read('pairs')).toEqual([first]);
      }),
    );

    it('tell 0 from -0, null from missing, and 1 from 1n', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), tableOf('things', { a: v.optional(v.any()) }, uniqueIndex('by_a', 'a')));

        await driver.insert('things', { a: 0 }, { a: -0 }, {}, { a: null }, { a: 1 }, { a: 1n }, { a: '1' }, { a: false });

        expect(await driver.read('things')).toHaveLength(8);
      }));

    it('refuse a change that takes the key of another document', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(
          open(),
          tableOf('users', { email: v.string(), name: v.string() }, uniqueIndex('by_email', 'email')),
        );
        const [ada, bob] = await driver.insert('users', { email: 'ada', name: 'Ada' }, { email: 'bob', name: 'Bob' });
        if (ada === undefined || bob === undefined) throw new Error('Two documents were inserted.');

        await expect(driver.replace('users', bob, { email: 'ada', name: 'Bob' })).rejects.toMatchObject({ code: 'document/not-unique' });
        const renamed = await driver.replace('users', bob, { email: 'bob', name: 'Robert' });

        expect(await driver.read('users')).toEqual([ada, renamed]);
      }));

    it('let two documents change keys with each other, and a new one take the key of a deleted one, in one batch', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(
          open(),
          tableOf('users', { email: v.string() }, uniqueIndex('by_email', 'email'), index('by_creation', 'email')),
        );
        const [ada, bob, cyd] = await driver.insert('users', { email: 'ada' }, { email: 'bob' }, { email: 'cyd' });
        if (ada === undefined || bob === undefined || cyd === undefined) throw new Error('Three documents were inserted.');
        const dan = driver.document('users', { email: 'cyd' });
        const [wasAda, wasBob] = [replaced(ada, { email: 'bob' }), replaced(bob, { email: 'ada' })];

        await driver.commit([
          insertion('users', dan),
          { table: 'users', id: ada._id, before: ada, after: wasAda },
          { table: 'users', id: bob._id, before: bob, after: wasBob },
          deletion('users', cyd),
        ]);

        expect(await driver.read('users')).toEqual([wasAda, wasBob, dan]);
        expect(await driver.equal('users', 'by_email', 'ada')).toEqual([wasBob]);
      }));
  });
}
