import { DatabaseSync } from 'node:sqlite';
import { sqlStoreContract } from '@betterbase/testing/contracts';
import { EmbeddedStore } from './embedded-store.ts';
import { nodeDisk } from './node-disk.ts';

sqlStoreContract('the embedded store', (use) => {
  const disk = nodeDisk(new DatabaseSync(':memory:'));
  return use(() => new EmbeddedStore(disk));
});
