import { type Value, v } from '@betterbase/core';
import type { DocumentWrite, VectorRead } from '@betterbase/engine';
import { describe, expect, it } from 'vitest';
import { deletion, insertion, type LendStore, replaced, StoreDriver } from './store-driver.ts';
import { tableOf } from './tables.ts';

const songs = tableOf('songs', {
  embedding: v.optional(v.vector(2)),
  loose: v.optional(v.array(v.number())),
  genre: v.optional(v.string()),
  year: v.optional(v.number()),
});

/** How a store finds what is near. */
export function vectorStoreContract(name: string, lend: LendStore): void {
  describe(`${name} comparing vectors`, () => {
    it('gives the nearest first by cosine, distance and inner product, the newest first among equals', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), songs);
        const [east, farEast, north, again] = await driver.insert('songs', vector(1, 0), vector(4, 0), vector(0, 1), vector(1, 0), {});
        const near = async (metric: VectorRead['metric']): Promise<unknown[]> =>
          (await driver.store.nearest(nearTo([1, 0], { metric }), [])).near.map(({ id, score }) => [id, score]);

        expect(await near('cosine')).toEqual([
          [again?._id, 1],
          [farEast?._id, 1],
          [east?._id, 1],
          [north?._id, 0],
        ]);
        expect(await near('euclidean')).toEqual([
          [again?._id, -0],
          [east?._id, -0],
          [north?._id, -Math.SQRT2],
          [farEast?._id, -3],
        ]);
        expect(await near('inner_product')).toEqual([
          [farEast?._id, 4],
          [again?._id, 1],
          [east?._id, 1],
          [north?._id, 0],
        ]);
      }));

    it('filters before it counts to the limit, by any of the values, and leaves out what scores too little', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), songs);
        const [, far, other] = await driver.insert(
          'songs',
          { ...vector(1, 0), genre: 'pop' },
          { ...vector(1, 2), genre: 'jazz' },
          { ...vector(0, 1), year: 1960 },
        );
        const anyOf = [
          { field: 'genre', value: 'jazz' },
          { field: 'year', value: 1960 },
        ];

        expect((await driver.store.nearest(nearTo([1, 0], { anyOf, limit: 1 }), [])).near).toMatchObject([{ id: far?._id }]);
        expect((await driver.store.nearest(nearTo([1, 0], { anyOf }), [])).near.map(({ id }) => id)).toEqual([far?._id, other?._id]);
        expect((await driver.store.nearest(nearTo([1, 0], { anyOf, leastScore: 0.1 }), [])).near.map(({ id }) => id)).toEqual([far?._id]);
        expect((await driver.store.nearest(nearTo([1, 0], { anyOf: [{ field: 'genre', value: undefined }] }), [])).compared).toBe(1);
      }));

    it('compares arrays of numbers too, and passes over those of another length', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), songs);
        const [fits] = await driver.insert('songs', { loose: [0.1, 0.2] }, { loose: [1] }, { loose: [1, 2, 3] }, {});

        expect(await driver.store.nearest(nearTo([0.1, 0.2], { field: 'loose' }), [])).toEqual({
          near: [{ id: fits?._id, score: expect.closeTo(1, 12) }],
          compared: 1,
        });
      }));

    it('sees pending writes', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), songs);
        const [gone, moved] = await driver.insert('songs', vector(1, 0), vector(1, 1));
        if (gone === undefined || moved === undefined) throw new Error('They were inserted.');
        const added = driver.document('songs', vector(2, 1));
        const pending: DocumentWrite[] = [
          deletion('songs', gone),
          { table: 'songs', id: moved._id, before: moved, after: replaced(moved, vector(1, 0)) },
          insertion('songs', added),
        ];

        const { near } = await driver.store.nearest(nearTo([1, 0]), pending);

        expect(near.map(({ id }) => id)).toEqual([moved._id, added._id]);
      }));

    it('finds the same among a thousand as sorting all of them does', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), songs);
        const angles = Array.from({ length: 1_000 }, (_, position) => (position * 7_919) % 1_000);
        const all = await driver.insert(
          'songs',
          ...angles.map((angle) => vector(Math.fround(Math.cos(angle / 400)), Math.fround(Math.sin(angle / 400)))),
        );
        const byAngle = all
          .map((document, position) => ({ id: document._id, angle: angles[position] ?? 0 }))
          .sort((one, other) => one.angle - other.angle);

        const { near, compared } = await driver.store.nearest(nearTo([1, 0], { limit: 50 }), []);

        expect(near.map(({ id }) => id)).toEqual(byAngle.slice(0, 50).map(({ id }) => id));
        expect(compared).toBe(1_000);
      }));
  });
}

function vector(...embedding: number[]): { readonly [field: string]: Value } {
  return { embedding };
}

function nearTo(wanted: readonly number[], rest: Partial<VectorRead> = {}): VectorRead {
  return {
    table: 'songs',
    field: 'embedding',
    vector: wanted,
    metric: 'cosine',
    anyOf: [],
    leastScore: Number.NEGATIVE_INFINITY,
    limit: 10,
    ...rest,
  };
}
