import { storeContract } from '@betterbase/testing/contracts';
import { MemoryStore } from './memory-store.ts';

storeContract(
  'the memory store',
  (use) => {
    const store = new MemoryStore();
    return use(() => store);
  },
  { sql: 'it is no database of SQL', joint: 'a commit is no round trip' },
);
