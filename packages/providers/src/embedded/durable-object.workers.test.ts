import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { randomStoresContract, storeContract } from '@betterbase/testing/contracts';
import { MemoryStore } from '../memory/memory-store.ts';
import { durableObjectDisk } from './durable-object-disk.ts';
import { EmbeddedStore } from './embedded-store.ts';

const lend: Parameters<typeof storeContract>[1] = (use) =>
  runInDurableObject(env.SCRATCH.get(env.SCRATCH.newUniqueId()), (_, state) => use(() => new EmbeddedStore(durableObjectDisk(state.storage))));

storeContract('the embedded store in a Durable Object', lend);
randomStoresContract(
  'the embedded store in a Durable Object',
  lend,
  (use) => {
    const model = new MemoryStore();
    return use(() => model);
  },
  20,
);
