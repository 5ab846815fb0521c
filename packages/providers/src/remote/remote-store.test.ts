import { DatabaseSync } from 'node:sqlite';
import { lacksOf } from '@betterbase/core/config';
import {
  type LendStore,
  outsideWritesContract,
  randomSearchesContract,
  randomStoresContract,
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

storeContract('a store over SQLite elsewhere', lend, lacksOf('d1'));
randomStoresContract('a store over SQLite elsewhere', lend, lendModel);
randomSearchesContract('a store over SQLite elsewhere', lend, lendModel);
outsideWritesContract('a store over SQLite elsewhere', (use) => {
  const sql = new SqliteElsewhere(new DatabaseSync(':memory:'));
  return use(sql, () => storeElsewhere(sql));
});
