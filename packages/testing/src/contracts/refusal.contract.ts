import type { StoreCapability } from '@betterbase/engine';
import { describe, expect, it } from 'vitest';
import { type LendStore, type Store, StoreDriver } from './store-driver.ts';
import { notes } from './tables.ts';

/** What begins that which a store may be unable to do. */
const beginnings: Readonly<Partial<Record<StoreCapability, (store: Store) => Promise<unknown>>>> = {
  snapshots: (store) => store.openSnapshot('export', 0),
  imports: (store) => store.beginImport('import', { tables: [{ table: 'notes', mode: 'append' }], isBatched: false }, 'deployment-1', 0),
  backfill: (store) =>
    store.beginBackfill({ deployment: 'deployment-2', target: { schema: { tables: [notes] }, migrations: [] }, tables: ['notes'] }),
};

/** A store that cannot do something says so, and leaves no half of it. */
export function refusalContract(name: string, lend: LendStore, capability: StoreCapability, reason: string): void {
  describe(`${name} without ${capability}`, () => {
    it('refuses, with the reason', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);

        await expect(beginnings[capability]?.(driver.store)).rejects.toMatchObject({
          code: 'provider/cannot',
          message: expect.stringContaining(reason) as unknown,
          details: { capability },
        });
        expect(await driver.read('notes')).toEqual([]);
      }));
  });
}
