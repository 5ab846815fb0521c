import { layoutTable, type RangeRead, type RowCondition, rowHolds, type RowValue, type StoredDocument } from '@betterbase/engine';
import { describe, expect, it } from 'vitest';
import { fields, randomRow } from '../policy-proof/random-policies.ts';
import { type ConditionTables, randomRowCondition } from '../random/random-conditions.ts';
import { forEachSeed } from '../random/seeded.ts';
import { type LendStore, StoreDriver } from './store-driver.ts';
import { index, tableOf } from './tables.ts';

const things = tableOf('things', fields, index('by_word', 'word'), index('by_label_and_word', 'label', 'word'));
const others = tableOf('others', fields, index('by_key', 'key'));
const loose = { ...tableOf('loose', {}), document: { type: 'any' } } as const;
const all: ConditionTables = {
  tables: { things: layoutTable(things), others: layoutTable(others), loose: layoutTable(loose) },
  links: ['word', 'label', 'key'],
  fields: [...Object.keys(fields), 'info', 'info', '_id', '_creationTime'],
  inside: { field: 'info', paths: [[], ['owner'], ['level'], ['tags', 0], ['tags', -1], [0], ['tags', 'x']] },
  values: ['ann', 'bob', 'B', 'b', '', '1', 'é', 'É', '😀', '\uff00', 'nul\0', 'one\u0001', 0, 1, 2, -1, 0.5, true, false, bytes(1, 2)],
};

/** Whoever reads a range may say what the rows are to be like: the store gives those of which it is true, as `rowHolds` has it. */
export function rowConditionsContract(name: string, lend: LendStore, runs: number): void {
  describe(`${name} with conditions on rows`, () => {
    it('reads and counts the rows of which a condition is true', { timeout: 60_000 }, () =>
      forEachSeed(runs, (random) =>
        lend(async (open) => {
          const driver = await StoreDriver.open(open(), things, others, loose);
          const rows: Record<string, readonly StoredDocument[]> = {};
          for (const table of Object.keys(all.tables))
            rows[table] = await driver.insert(table, ...random.many(10, () => randomRow(random)), randomRow(random));
          const rowsOf = (table: string): readonly StoredDocument[] => rows[table] ?? [];

          for (let asked = 0; asked < 40; asked++) {
            const table = random.pick(['things', 'things', 'loose']);
            const where = randomRowCondition(random, all, [table], random.below(4));
            const wanted = rowsOf(table).filter((row) => rowHolds(where, [row], rowsOf) === true);
            const limit = random.pick([1, 3, 1_000]);
            const found = await driver.read(table, { where, order: 'desc', limit });
            const counted = await driver.store.count({ ...everything, table, where });

            expect([where, ids(found), counted]).toEqual([where, ids(wanted.toReversed().slice(0, limit)), wanted.length]);
          }
        }),
      ),
    );

    it('goes through an index in its order, within its bounds, up to a limit', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), things);
        const [b1, , a1, b3] = await driver.insert(
          'things',
          { ...plain, word: 'b' },
          { ...plain, word: 'b', done: false },
          { ...plain, word: 'a' },
          { ...plain, word: 'b' },
        );
        const where: RowCondition = { type: 'holds', of: fieldOf('done') };

        expect(await driver.read('things', { index: 'by_word', where })).toEqual([a1, b1, b3]);
        expect(await driver.read('things', { index: 'by_word', where, order: 'desc', limit: 2 })).toEqual([b3, b1]);
        const lower = { prefix: ['b', b1?._creationTime], inclusive: false };
        expect(await driver.read('things', { index: 'by_word', where, lower })).toEqual([b3]);
        expect(await driver.store.count({ ...everything, table: 'things', index: 'by_word', lower, where })).toBe(1);
      }));

    it('looks at so many rows and no more, and says so when they do not answer', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), things, others);
        await driver.insert('things', ...Array.from({ length: 30 }, (_, at) => ({ ...plain, key: `k${at}`, word: at < 20 ? 'a' : 'b' })));
        await driver.insert('others', ...Array.from({ length: 30 }, () => plain));
        const keyIs = (value: string): RowCondition => ({
          type: 'compare',
          by: '=',
          left: fieldOf('key'),
          right: { type: 'value', value },
        });
        const tooMany = { code: 'query/reads-too-much', details: { limit: 'rowsPassed', allowed: 12 } };
        const keys = async (where: RowCondition, range: Partial<RangeRead>): Promise<unknown[]> =>
          (await driver.read('things', { where, passes: 12, ...range })).map(({ key }) => key);

        expect(await keys(keyIs('k11'), { limit: 1 })).toEqual(['k11']);
        await expect(keys(keyIs('k11'), { limit: 2 })).rejects.toMatchObject(tooMany);
        await expect(keys(keyIs('k12'), { limit: 1 })).rejects.toMatchObject(tooMany);
        expect(await keys(keyIs('k25'), { limit: 1, order: 'desc' })).toEqual(['k25']);
        const end = { prefix: ['b'], inclusive: true };
        expect(await keys(keyIs('k25'), { index: 'by_word', lower: end, upper: end })).toEqual(['k25']);
        expect(await keys(keyIs('k25'), { passes: 30 })).toEqual(['k25']);
        const inOthers = (where: RowCondition): RowCondition => ({ type: 'exists', table: 'others', where });
        await expect(keys(inOthers({ type: 'holds', of: fieldOf('done') }), { limit: 1 })).rejects.toMatchObject(tooMany);
        expect(await keys(inOthers(keyIs('k')), { limit: 1 })).toEqual(['k0']);
        const counting = { ...everything, table: 'things', where: keyIs('k25') };
        await expect(driver.store.count({ ...counting, passes: 12 })).rejects.toMatchObject(tooMany);
        expect(await driver.store.count({ ...counting, passes: 30 })).toBe(1);
        expect(await driver.store.count({ ...counting, index: 'by_word', lower: end, upper: end, passes: 12 })).toBe(1);
      }));

    it('finds what a value says, whatever SQL would make of the value', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), things);
        const said = `' OR 1=1 --"`;
        const [one] = await driver.insert('things', { ...plain, word: said }, { ...plain, word: 'other' });
        const equals: RowCondition = { type: 'compare', by: '=', left: fieldOf('word'), right: { type: 'value', value: said } };

        expect(await driver.read('things', { where: equals })).toEqual([one]);
      }));
  });
}

const plain = { key: 'k', word: 'w', label: null, half: 0, size: 0n, done: true };
const everything = {
  index: 'by_creation_time',
  lower: { prefix: [], inclusive: true },
  upper: { prefix: [], inclusive: true },
};

function fieldOf(name: string): Extract<RowValue, { type: 'field' }> {
  return { type: 'field', name, up: 0, path: [] };
}

function ids(rows: readonly StoredDocument[]): string[] {
  return rows.map(({ _id }) => _id);
}

function bytes(...of: number[]): ArrayBuffer {
  return new Uint8Array(of).buffer;
}
