import { isPlainObject, type Value, v } from '@betterbase/core';
import type { BackfillStart, BackfillStore, NamedMigration, StoredDocument } from '@betterbase/engine';
import type { TableManifest } from '@betterbase/protocol';
import { describe, expect, it } from 'vitest';
import { forEachSeed } from '../random/seeded.ts';
import { type LendStore, type Store, StoreDriver } from './store-driver.ts';
import { countedIndex, index, searchIndex, tableOf, uniqueIndex } from './tables.ts';

const text = v.string();
const users = tableOf('users', { name: text }, uniqueIndex('by_name', 'name'), searchIndex('name', 'name'));
const people: TableManifest = {
  ...tableOf(
    'people',
    { name: text, size: v.number() },
    uniqueIndex('by_name', 'name'),
    countedIndex('by_size', 'size'),
    searchIndex('name', 'name'),
  ),
  renamedFrom: 'users',
};
/** What is counted: how often each document went through it. */
const measure: NamedMigration = { name: 'measure', table: 'people', migrate: ({ name }) => ({ size: name.length }) };
const measured = (document: StoredDocument): StoredDocument => ({ ...document, size: String(document['name']).length });

/** What stores promise that change documents while others are written. */
export function backfillContract(name: string, lend: LendStore, runs = 20): void {
  describe(`${name} with a back-fill`, () => {
    it('hides what it lays aside, and puts all of it in place at once', () =>
      lend(async (open) => {
        const driver = await withUsers(open(), 100);
        await driver.backfills.begin(start(driver));
        await layAll(driver.backfills, 7);

        expect(await driver.backfills.state()).toMatchObject({ done: 100, total: 100, deployment: 'deployment-3' });
        expect(await driver.read('users', { limit: 1 })).toMatchObject([{ name: 'user 0' }]);
        expect((await driver.read('users', { limit: 1 }))[0]).not.toHaveProperty('size');
        await expect(driver.read('people')).rejects.toMatchObject({ code: 'table/not-found' });
        const calls: string[] = [];
        await driver.migrateBy([{ ...measure, migrate: (each) => (calls.push(each._id), measure.migrate(each)) }], people);

        expect(calls).toEqual([]);
        expect(await driver.backfills.state()).toBeNull();
        expect((await driver.read('people', { index: 'by_size' })).map(({ size }) => size)).toEqual([
          ...Array.from({ length: 10 }, () => 6),
          ...Array.from({ length: 90 }, () => 7),
        ]);
        expect(await driver.search('people', 'name', '42')).toMatchObject([{ name: 'user 42', size: 7 }]);
        await expect(driver.insert('people', { name: 'user 1', size: 1 })).rejects.toMatchObject({ code: 'document/not-unique' });
        expect(await driver.store.count({ ...whole, table: 'people', index: 'by_creation_time' })).toBe(100);
        const again = await StoreDriver.open(open());
        expect(await again.read('people')).toHaveLength(100);
        await again.insert('people', { name: 'new', size: 3 });
        await again.migrate({ ...people, name: 'members', renamedFrom: 'people' });
        expect(await again.search('members', 'name', '42')).toMatchObject([{ name: 'user 42' }]);
      }));

    it('follows what is written meanwhile, whatever it is', () =>
      forEachSeed(runs, (random) =>
        lend(async (open) => {
          let driver = await withUsers(open(), 30);
          await driver.backfills.begin(start(driver));
          let names = 100;
          for (let round = 0; round < 40; round++) {
            const batch = await driver.backfills.take(1 + random.below(8));
            const all = await driver.read('users');
            for (let writes = random.below(3); writes > 0; writes--) {
              const document = all[random.below(all.length)];
              const isThere = document !== undefined && (await driver.store.get('users', document._id)) !== null;
              const kind = random.below(3);
              if (kind === 0) await driver.insert('users', { name: `user ${names++}` });
              else if (isThere && kind === 1) await driver.delete('users', document);
              else if (isThere)
                await driver.replace('users', (await driver.store.get('users', document._id)) ?? document, { name: `user ${names++}` });
            }
            if (random.chance(0.1)) driver = await StoreDriver.open(open());
            else if (batch !== null) await lay(driver.backfills, batch);
            if (batch !== null && random.chance(0.2)) await lay(driver.backfills, batch);
          }
          const before = await driver.read('users');

          const isReady = random.chance(0.5);
          if (isReady) await layAll(driver.backfills, 1 + random.below(8));
          let calls = 0;
          const counting: NamedMigration = { ...measure, migrate: (each) => (calls++, measure.migrate(each)) };

          await driver.migrateAs('deployment-3', [counting], people);

          if (isReady) expect(calls).toBe(0);
          expect(await driver.read('people')).toEqual(before.map(measured));
          for (const each of before) expect(await driver.equal('people', 'by_name', each['name'] as Value)).toEqual([measured(each)]);
        }),
      ));

    it('takes a value that goes from one document to another while both are changed', () =>
      lend(async (open) => {
        const driver = await withUsers(open(), 2);
        await driver.backfills.begin(start(driver));
        await layAll(driver.backfills, 1);
        const [one, two] = await driver.read('users');
        if (one === undefined || two === undefined) throw new Error('There are two users.');
        await driver.replace('users', one, { name: 'free' });
        await driver.replace('users', two, { name: 'user 0' });
        await layAll(driver.backfills, 1);

        await driver.migrateAs('deployment-3', [measure], people);

        expect((await driver.read('people')).map(({ name: each }) => each)).toEqual(['free', 'user 0']);
      }));

    it('is of no use to another deployment, and leaves nothing', () =>
      lend(async (open) => {
        const driver = await withUsers(open(), 10);
        await driver.backfills.begin(start(driver));
        await layAll(driver.backfills, 100);
        await driver.migrateAs('another', [], users, tableOf('other', { text }));

        expect(await driver.backfills.state()).toBeNull();
        expect(await driver.read('users')).toHaveLength(10);
        await driver.backfills.begin({ ...start(driver), deployment: 'third' });
        await driver.backfills.drop();
        expect(await (await StoreDriver.open(open())).backfills.state()).toBeNull();
      }));

    it('refuses what a unique index of the new table would refuse', () =>
      lend(async (open) => {
        const driver = await withUsers(open(), 20);
        await driver.backfills.begin({
          ...start(driver),
          target: { schema: { tables: [{ ...people, indexes: [uniqueIndex('one_size', 'size')] }] }, migrations: [measure] },
        });

        await expect(layAll(driver.backfills, 5)).rejects.toMatchObject({ code: 'document/not-unique', details: { index: 'one_size' } });
      }));

    it('writes a table anew that is not ready', () =>
      lend(async (open) => {
        const driver = await withUsers(open(), 50);
        await driver.backfills.begin(start(driver));
        const batch = await driver.backfills.take(10);
        if (batch !== null) await lay(driver.backfills, { ...batch, documents: batch.documents.slice(5) });
        const before = await driver.read('users');

        await driver.migrateBy([measure], people);

        expect(await driver.read('people')).toEqual(before.map(measured));
      }));

    it('goes on with tables that nobody prepared', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), users, tableOf('things', { text }));
        await driver.insert('users', { name: 'ada' });
        await driver.insert('things', { text: 'a' });
        const things = { ...tableOf('things', { label: text }, index('by_label', 'label')), renamedFields: { label: 'text' } };
        await driver.backfills.begin({ ...start(driver), target: { schema: { tables: [people, things] }, migrations: [measure] } });
        await layAll(driver.backfills, 5);

        await driver.migrateAs('deployment-3', [measure], people, things);

        expect(await driver.equal('things', 'by_label', 'a')).toMatchObject([{ label: 'a' }]);
        expect(await driver.read('people')).toMatchObject([{ name: 'ada', size: 3 }]);
      }));
  });
}

const whole = { lower: { prefix: [], inclusive: true }, upper: { prefix: [], inclusive: true } };

async function withUsers(store: Store, count: number): Promise<StoreDriver> {
  const driver = await StoreDriver.open(store, users);
  await driver.insert('users', ...Array.from({ length: count }, (_, at) => ({ name: `user ${at}` })));
  return driver;
}

function start(driver: StoreDriver): BackfillStart {
  return {
    deployment: `deployment-${driver.version + 1}`,
    target: { schema: { tables: [people] }, migrations: [measure] },
    tables: ['people'],
  };
}

async function layAll(store: BackfillStore, most: number): Promise<void> {
  for (;;) {
    const batch = await store.take(most);
    if (batch === null) return;
    await lay(store, batch);
  }
}

async function lay(store: BackfillStore, batch: NonNullable<Awaited<ReturnType<BackfillStore['take']>>>): Promise<void> {
  expect(batch.documents.every(isPlainObject)).toBe(true);
  await store.layAside({ ...batch, documents: batch.documents.map(measured) });
}
