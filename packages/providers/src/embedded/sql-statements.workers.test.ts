import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { sqlStoreContract } from '@betterbase/testing/contracts';
import { durableObjectDisk } from './durable-object-disk.ts';
import { EmbeddedStore } from './embedded-store.ts';

sqlStoreContract('the embedded store in a Durable Object', (use) =>
  runInDurableObject(env.SCRATCH.get(env.SCRATCH.newUniqueId()), (_, state) =>
    use(() => new EmbeddedStore(durableObjectDisk(state.storage))),
  ),
);
