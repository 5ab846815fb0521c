import { v } from '@betterbase/core';
import { describe, expect, it } from 'vitest';
import { insertion, type LendStore, StoreDriver } from './store-driver.ts';
import { tableOf, uniqueIndex } from './tables.ts';

const people = tableOf('people', { name: v.string() }, uniqueIndex('by_name', 'name'));

/** What a store promises that commits several at the price of one. */
export function jointCommitsContract(name: string, lend: LendStore): void {
  describe(`${name} that commits several together`, () => {
    it('has each as a version of its own, with its outcome', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), people);
        const before = driver.version;
        const [ann, ben] = ['ann', 'ben'].map((person) => insertion('people', driver.document('people', { name: person })));
        if (ann === undefined || ben === undefined) throw new Error('There are two.');

        const rows = await driver.commitAll(['1', ann], ['2'], ['3', ben]);

        expect(rows).toHaveLength(3);
        expect((await driver.read('people')).map((person) => person['name'])).toEqual(['ann', 'ben']);
        const outcomes = await driver.store.since(before);
        expect(outcomes.map(({ version, request, outcome }) => [version - before, request.id, outcome])).toEqual([
          [1, '1', 'outcome 1'],
          [2, '2', 'outcome 2'],
          [3, '3', 'outcome 3'],
        ]);
        expect(await driver.store.holding('people')).toBe(2);
        expect((await open().open()).version).toBe(before + 3);
      }));

    it('commits none when one breaks a unique index, and goes on from where it was', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), people);
        const before = driver.version;
        const insert = () => insertion('people', driver.document('people', { name: 'ann' }));
        const first = insert();

        await expect(driver.commitAll(['1', first], ['2', insert()])).rejects.toThrow();

        expect(await driver.read('people')).toEqual([]);
        expect(await driver.store.holding('people')).toBe(0);
        expect(await driver.store.since(before)).toEqual([]);
        await driver.commitAll(['1', first]);
        expect(await driver.read('people')).toHaveLength(1);
      }));

    it('commits none when one of the requests has an outcome', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), people);
        await driver.commitAll(['1']);

        await expect(driver.commitAll(['2', insertion('people', driver.document('people', { name: 'ann' }))], ['1'])).rejects.toThrow();

        expect(await driver.read('people')).toEqual([]);
        expect(await driver.store.find({ session: 's', id: '2' })).toBeNull();
      }));

    it('commits none that were decided on an old version', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), people);
        const other = new StoreDriver(open());
        await other.store.open();
        other.version = driver.version;
        await driver.commit([]);

        await expect(other.commitAll(['1'], ['2'])).rejects.toMatchObject({ code: 'commit/conflict' });

        expect(await driver.store.find({ session: 's', id: '1' })).toBeNull();
      }));

    it('sends others before it is known what became of the first, and has all in order', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), people);
        const before = driver.version;
        const named = (name: string) => insertion('people', driver.document('people', { name }));
        const ends: string[] = [];

        await Promise.all(
          ['ann', 'ben', 'cem', 'dan'].map(async (name) => {
            await driver.send('one', [name, named(name)]);
            ends.push(name);
          }),
        );

        expect(ends).toEqual(['ann', 'ben', 'cem', 'dan']);
        expect((await driver.store.since(before)).map(({ request }) => request.id)).toEqual(ends);
        expect(await driver.store.holding('people')).toBe(4);
        await driver.commit([]);
        expect((await open().open()).version).toBe(before + 5);
      }));

    it('refuses what builds on one that is refused, and goes on from before it', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), people);
        await driver.commitAll(['1', insertion('people', driver.document('people', { name: 'ann' }))]);
        const before = driver.version;
        const named = (name: string) => insertion('people', driver.document('people', { name }));

        const sent = [
          driver.send('one', ['2', named('ben')]),
          driver.send('one', ['3', named('ann')]),
          driver.send('one', ['4', named('cem')]),
        ];
        const ends = await Promise.allSettled(sent);

        expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
        expect(driver.store.lost ?? null).toBeNull();
        driver.version = before + 1;
        await driver.send('one', ['4', named('cem')]);
        expect((await driver.read('people')).map((person) => person['name'])).toEqual(['ann', 'ben', 'cem']);
      }));
  });
}
