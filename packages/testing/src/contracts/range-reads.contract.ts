import type { Value } from '@betterbase/core';
import { v } from '@betterbase/core';
import type { RangeRead, StoredDocument } from '@betterbase/engine';
import { describe, expect, it } from 'vitest';
import { type LendStore, StoreDriver } from './store-driver.ts';
import { index, notes, tableOf } from './tables.ts';

/** How a document store reads ranges of its indexes. */
export function rangeReadsContract(name: string, lend: LendStore): void {
  describe(`${name} reading ranges`, () => {
    it('reads an index in both directions, ties in order of creation, up to a limit', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        const [b1, a1, b2, c1] = await driver.insert('notes', noteOf('b', 1), noteOf('a', 2), noteOf('b', 3), noteOf('c', 4));

        expect(await driver.read('notes', { index: 'by_owner' })).toEqual([a1, b1, b2, c1]);
        expect(await driver.read('notes', { index: 'by_owner', order: 'desc' })).toEqual([c1, b2, b1, a1]);
        expect(await driver.read('notes', { index: 'by_owner', limit: 2 })).toEqual([a1, b1]);
        expect(await driver.read('notes', { index: 'by_owner', order: 'desc', limit: 3 })).toEqual([c1, b2, b1]);
        expect(await driver.read('notes', { index: 'by_owner', limit: Number.POSITIVE_INFINITY })).toHaveLength(4);
      }));

    it('goes on after a document in the middle of equal ones', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        const [b1, b2, b3, c1] = await driver.insert('notes', noteOf('b', 1), noteOf('b', 2), noteOf('b', 3), noteOf('c', 0));
        const after = (document: StoredDocument | undefined): Partial<RangeRead> => ({
          index: 'by_owner',
          lower: { prefix: ['b', document?._creationTime], inclusive: false },
        });

        expect(await driver.read('notes', after(b1))).toEqual([b2, b3, c1]);
        expect(await driver.read('notes', after(b3))).toEqual([c1]);
        expect(await driver.read('notes', { ...after(b1), upper: { prefix: ['b'], inclusive: true } })).toEqual([b2, b3]);
        expect(await driver.read('notes', { ...after(b1), upper: { prefix: ['b', b3?._creationTime], inclusive: false } })).toEqual([b2]);
        expect(await driver.read('notes', { ...after(b1), upper: { prefix: ['a'], inclusive: true } })).toEqual([]);
      }));

    it('reads by id and by time of creation', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        const all = await driver.insert('notes', noteOf('c', 1), noteOf('b', 2), noteOf('a', 3));
        const [first, second, third] = all;

        expect(await driver.read('notes', { index: 'by_id', lower: { prefix: [first?._id], inclusive: false } })).toEqual([second, third]);
        expect(await driver.equal('notes', 'by_id', second?._id)).toEqual([second]);
        expect(await driver.read('notes', { upper: { prefix: [third?._creationTime], inclusive: false }, order: 'desc' })).toEqual([
          second,
          first,
        ]);
        expect(await driver.read('notes', { lower: { prefix: [null], inclusive: false } })).toEqual(all);
        expect(await driver.read('notes', { lower: { prefix: ['text'], inclusive: true } })).toEqual([]);
      }));

    it.each<[order: string, bound: Value | undefined, below: number]>([
      ['a missing field', undefined, 0],
      ['null', null, 0],
      ['an int64', 5n, 0],
      ['a number', 5, 0],
      ['a boolean', true, 0],
      ['the empty string', '', 0],
      ['a string between', 'b', 1],
      ['half a surrogate pair', 'm\ud800', 2],
      ['a string above', '\u{10ffff}', 3],
      ['bytes', new ArrayBuffer(1), 3],
      ['an array', ['a'], 3],
      ['an object', { a: 'a' }, 3],
    ])('compares %s with a column of strings', (_, bound, below) =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        const all = await driver.insert('notes', noteOf('a', 1), noteOf('m', 1), noteOf('z', 1));
        const end = { prefix: [bound], inclusive: false };

        expect(await driver.read('notes', { index: 'by_owner', upper: end })).toEqual(all.slice(0, below));
        expect(await driver.read('notes', { index: 'by_owner', lower: end })).toEqual(all.slice(below));
        expect(await driver.equal('notes', 'by_owner', bound)).toEqual([]);
        expect(await driver.store.count({ table: 'notes', index: 'by_owner', lower: end, upper: { prefix: [], inclusive: true } })).toBe(
          3 - below,
        );
      }),
    );

    it('finds nothing equal to half a surrogate pair, and knows what lies beside it', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        const [below, above] = await driver.insert('notes', noteOf('m\ud7ff', 1), noteOf('m\ue000', 1));
        const end = { prefix: ['m\udfff', 'x'], inclusive: false };

        expect(await driver.read('notes', { index: 'by_owner_and_text', upper: end })).toEqual([below]);
        expect(await driver.read('notes', { index: 'by_owner_and_text', lower: end })).toEqual([above]);
        expect(await driver.equal('notes', 'by_owner', 'm\udfff')).toEqual([]);
      }));

    it('orders an index of mixed types by the one order of values', () =>
      lend(async (open) => {
        const values = [
          undefined,
          null,
          -1n,
          1n,
          -Infinity,
          -1,
          -0,
          0,
          1.5,
          NaN,
          false,
          true,
          '',
          'a',
          '😀',
          new ArrayBuffer(1),
          [],
          [1],
          {},
          { a: 1 },
        ];
        const driver = await StoreDriver.open(open(), tableOf('things', { a: v.optional(v.any()) }, index('by_a', 'a')));
        await driver.insert('things', ...[...values].reverse().map((a) => (a === undefined ? {} : { a })));

        const read = await driver.read('things', { index: 'by_a' });

        expect(read.map((document) => document['a'])).toStrictEqual(values);
        for (const value of values)
          expect((await driver.equal('things', 'by_a', value)).map((document) => document['a'])).toStrictEqual([value]);
      }));

    it('reads an index on a field inside an object', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(
          open(),
          tableOf('people', { name: v.optional(v.object({ last: v.string() })) }, index('by_last', 'name.last')),
        );
        const [none, kay, joy] = await driver.insert('people', {}, { name: { last: 'kay' } }, { name: { last: 'joy' } });

        expect(await driver.read('people', { index: 'by_last' })).toEqual([none, joy, kay]);
        expect(await driver.equal('people', 'by_last', undefined)).toEqual([none]);
      }));

    it('refuses an index that the table does not have', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);

        await expect(driver.read('notes', { index: 'by_colour' })).rejects.toMatchObject({ code: 'index/not-found' });
        await expect(driver.read('letters')).rejects.toMatchObject({ code: 'table/not-found' });
      }));
  });
}

function noteOf(owner: string, rank: number): { owner: string; text: string; rank: number } {
  return { owner, text: `${owner}${rank}`, rank };
}
