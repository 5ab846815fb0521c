import { DatabaseSync } from 'node:sqlite';
import {
  type LendStore,
  outsideWritesContract,
  randomSearchesContract,
  randomStoresContract,
  sqlStoreContract,
  storeContract,
} from '@betterbase/testing/contracts';
import { SqliteElsewhere, storeElsewhere } from '@betterbase/testing/elsewhere';
import { MemoryStore } from '../memory/memory-store.ts';

const lend: LendStore = (use) => {
  const sql = new SqliteElsewhere(new DatabaseSync(':memory:'));
  const home = new DatabaseSync(':memory:');
  return use(() => storeElsewhere(sql, home));
};
const lendModel: LendStore = (use) => {
  const model = new MemoryStore();
  return use(() => model);
};

storeContract('a store over SQLite elsewhere', lend, ['imports', 'backfills']);
randomStoresContract('a store over SQLite elsewhere', lend, lendModel);
randomSearchesContract('a store over SQLite elsewhere', lend, lendModel);
sqlStoreContract('a store over SQLite elsewhere', lend);
outsideWritesContract('a store over SQLite elsewhere', (use) => {
  const sql = new SqliteElsewhere(new DatabaseSync(':memory:'));
  return use(sql, () => storeElsewhere(sql));
});
