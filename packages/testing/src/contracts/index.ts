/** Suites that every provider passes. They register tests, so only test files import them. */
import type { StoreCapability, StoreStanding } from '@betterbase/engine';
import { backfillContract } from './backfill.contract.ts';
import { countsContract } from './counts.contract.ts';
import { documentStoreContract } from './document-store.contract.ts';
import { importStoreContract } from './import-store.contract.ts';
import { migrationsContract } from './migrations.contract.ts';
import { outcomeStoreContract } from './outcome-store.contract.ts';
import { rangeReadsContract } from './range-reads.contract.ts';
import { refusalContract } from './refusal.contract.ts';
import { schemaStoreContract } from './schema-store.contract.ts';
import { searchStoreContract } from './search-store.contract.ts';
import { snapshotStoreContract } from './snapshot-store.contract.ts';
import type { LendStore } from './store-driver.ts';
import { vectorStoreContract } from './vector-store.contract.ts';

export * from './random-searches.contract.ts';
export * from './random-stores.contract.ts';
export { type RemoteSqlUnderTest, remoteSqlContract } from './remote-sql.contract.ts';
export { sqlStoreContract } from './sql-store.contract.ts';
export { deletion, insertion, type LendStore, replaced, type Store, StoreDriver } from './store-driver.ts';
export * from './tables.ts';

type Suite = (name: string, lend: LendStore) => void;

/**
 * What a provider of documents, outcomes and schema promises.
 *
 * @param lacks what the store says that it cannot do: those suites are skipped, with its reason
 */
export function storeContract(name: string, lend: LendStore, lacks: StoreStanding['lacks'] = new Map()): void {
  documentStoreContract(name, lend);
  rangeReadsContract(name, lend);
  outcomeStoreContract(name, lend);
  schemaStoreContract(name, lend);
  migrationsContract(name, lend);
  countsContract(name, lend);
  const able: readonly (readonly [StoreCapability, Suite])[] = [
    ['backfill', backfillContract],
    ['search', searchStoreContract],
    ['vectors', vectorStoreContract],
    ['snapshots', snapshotStoreContract],
    ['imports', importStoreContract],
  ];
  for (const [capability, suite] of able) {
    const reason = lacks.get(capability);
    if (reason === undefined) suite(name, lend);
    else refusalContract(name, lend, capability, reason);
  }
}
