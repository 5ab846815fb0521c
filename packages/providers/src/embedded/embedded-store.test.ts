import { DatabaseSync } from 'node:sqlite';
import { type LendStore, randomSearchesContract, randomStoresContract, storeContract } from '@betterbase/testing/contracts';
import { MemoryStore } from '../memory/memory-store.ts';
import { EmbeddedStore } from './embedded-store.ts';
import { nodeDisk } from '../disk/node-disk.ts';

const lend: LendStore = (use) => {
  const disk = nodeDisk(new DatabaseSync(':memory:'));
  return use(() => new EmbeddedStore(disk));
};

storeContract('the embedded store', lend, { joint: 'a commit is no round trip' });
randomStoresContract('the embedded store', lend, (use) => {
  const model = new MemoryStore();
  return use(() => model);
});
randomSearchesContract('the embedded store', lend, (use) => {
  const model = new MemoryStore();
  return use(() => model);
});
