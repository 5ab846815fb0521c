/** Suites that every provider passes. They register tests, so only test files import them. */
import type { StoreParts } from '@betterbase/engine';
import { expect, it } from 'vitest';
import { backfillContract } from './backfill.contract.ts';
import { countsContract } from './counts.contract.ts';
import { documentStoreContract } from './document-store.contract.ts';
import { importStoreContract } from './import-store.contract.ts';
import { jointCommitsContract } from './joint-commits.contract.ts';
import { migrationsContract } from './migrations.contract.ts';
import { outcomeStoreContract } from './outcome-store.contract.ts';
import { rangeReadsContract } from './range-reads.contract.ts';
import { rowConditionsContract } from './row-conditions.contract.ts';
import { schemaStoreContract } from './schema-store.contract.ts';
import { searchStoreContract } from './search-store.contract.ts';
import { snapshotStoreContract } from './snapshot-store.contract.ts';
import { sqlStoreContract } from './sql-store.contract.ts';
import type { LendStore } from './store-driver.ts';
import { vectorStoreContract } from './vector-store.contract.ts';

export { type LendDatabase, outsideWritesContract } from './outside-writes.contract.ts';
export * from './random-searches.contract.ts';
export * from './random-stores.contract.ts';
export { type RemoteSqlUnderTest, remoteSqlContract } from './remote-sql.contract.ts';
export { sqlStoreContract } from './sql-store.contract.ts';
export { deletion, insertion, type LendStore, replaced, type Store, StoreDriver } from './store-driver.ts';
export * from './tables.ts';

type Suite = (name: string, lend: LendStore, runs: number) => void;

/**
 * What a provider of documents, outcomes and schema promises.
 *
 * @param lacks the parts that the store does not have, with the reason
 * @param runs how often what is random is run
 */
export function storeContract(name: string, lend: LendStore, lacks: Partial<Record<keyof StoreParts, string>> = {}, runs = 20): void {
  documentStoreContract(name, lend);
  rangeReadsContract(name, lend);
  rowConditionsContract(name, lend, runs);
  outcomeStoreContract(name, lend);
  schemaStoreContract(name, lend);
  migrationsContract(name, lend);
  countsContract(name, lend);
  searchStoreContract(name, lend);
  vectorStoreContract(name, lend);
  const parts: readonly (readonly [keyof StoreParts, Suite])[] = [
    ['sql', sqlStoreContract],
    ['backfills', backfillContract],
    ['snapshots', snapshotStoreContract],
    ['imports', importStoreContract],
    ['joint', jointCommitsContract],
  ];
  for (const [part, suite] of parts) if (lacks[part] === undefined) suite(name, lend, runs);
  it.each(parts.flatMap(([part]) => (lacks[part] === undefined ? [] : [[part, lacks[part]] as const])))(`${name} has no %s: %s`, (part) =>
    lend(async (open) => expect(open()[part]).toBeUndefined()),
  );
}
