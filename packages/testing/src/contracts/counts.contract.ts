import { v, type Value } from '@betterbase/core';
import type { RangeEnd } from '@betterbase/engine';
import { describe, expect, it } from 'vitest';
import { deletion, insertion, type LendStore, StoreDriver } from './store-driver.ts';
import { countedIndex, index, tableOf } from './tables.ts';

const fields = { room: v.string(), rank: v.number() };
const uncounted = tableOf('messages', fields, index('by_room', 'room', 'rank'));
const counted = tableOf('messages', fields, countedIndex('by_room', 'room', 'rank'));
const whole: RangeEnd = { prefix: [], inclusive: true };

/** How a store counts. */
export function countsContract(name: string, lend: LendStore): void {
  describe(`${name} counting`, () => {
    it('counts a table by any index, through writes, migrations and restarts', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), uncounted);
        const total = async (store = driver.store): Promise<number[]> => {
          const ends = { table: 'messages', lower: whole, upper: whole };
          return [await store.count({ ...ends, index: 'by_creation_time' }), await store.count({ ...ends, index: 'by_room' })];
        };
        const [first, second] = await driver.insert('messages', message('a', 1), message('a', 2), message('b', 3));
        if (first === undefined || second === undefined) throw new Error('They were inserted.');
        const three = await total();
        await driver.commit([deletion('messages', first), insertion('messages', driver.document('messages', message('c', 4)))]);
        await driver.replace('messages', second, message('d', 5));
        await driver.delete('messages', { ...second, ...message('d', 5) });
        const reopened = open();
        await reopened.open();
        const two = [await total(), await total(reopened)];
        await driver.migrate(counted);
        const migrated = await total();
        await driver.migrate(counted, tableOf('others', fields));

        expect({ three, two, migrated, others: await total() }).toEqual({
          three: [3, 3],
          two: [
            [2, 2],
            [2, 2],
          ],
          migrated: [2, 2],
          others: [2, 2],
        });
      }));

    it('keeps its counts when a commit is refused', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), counted);
        await driver.insert('messages', message('a', 1));
        const late = insertion('messages', driver.document('messages', message('a', 2)));

        await expect(driver.commit([late], { basedOn: 0, version: 1 })).rejects.toMatchObject({ code: 'commit/conflict' });

        expect(await driver.store.count({ table: 'messages', index: 'by_room', lower: whole, upper: whole })).toBe(1);
      }));

    it('counts ranges of an index that is counted, was not counted, and is no longer counted', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), counted);
        const count = async (...prefix: Value[]): Promise<number> => {
          const end = { prefix, inclusive: true };
          return await driver.store.count({ table: 'messages', index: 'by_room', lower: end, upper: end });
        };
        const all = await driver.insert('messages', ...Array.from({ length: 600 }, (_, at) => message(at % 3 === 0 ? 'a' : 'b', at % 7)));
        const inserted = [await count('a'), await count('b'), await count('b', 3), await count('c')];
        await driver.commit(all.filter((_, at) => at % 2 === 0).map((document) => deletion('messages', document)));
        const deleted = [await count('a'), await count('b')];
        await driver.migrate(uncounted);
        const walked = [await count('a'), await count('b')];
        await driver.insert('messages', message('a', 0));
        await driver.migrate(counted);

        expect({ inserted, deleted, walked }).toEqual({ inserted: [200, 400, 57, 0], deleted: [100, 200], walked: [100, 200] });
        expect([await count('a'), await count('b')]).toEqual([101, 200]);
      }));
  });
}

function message(room: string, rank: number): { readonly [field: string]: Value } {
  return { room, rank };
}
