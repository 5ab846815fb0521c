import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { v } from '@betterbase/core';
import { index, randomSearchesContract, randomStoresContract, storeContract, StoreDriver, tableOf } from '@betterbase/testing/contracts';
import { expect, it } from 'vitest';
import { MemoryStore } from '../memory/memory-store.ts';
import { durableObjectDisk } from '../disk/durable-object-disk.ts';
import { EmbeddedStore } from './embedded-store.ts';

const lend: Parameters<typeof storeContract>[1] = (use) =>
  runInDurableObject(env.SCRATCH.get(env.SCRATCH.newUniqueId()), (_, state) =>
    use(() => new EmbeddedStore(durableObjectDisk(state.storage))),
  );

storeContract('the embedded store in a Durable Object', lend, { joint: 'a commit is no round trip' });
randomStoresContract(
  'the embedded store in a Durable Object',
  lend,
  (use) => {
    const model = new MemoryStore();
    return use(() => model);
  },
  20,
);

randomSearchesContract(
  'the embedded store in a Durable Object',
  lend,
  (use) => {
    const model = new MemoryStore();
    return use(() => model);
  },
  20,
);

it('writes few rows for a mutation: the document, its id, one for each index, and two for an outcome with a session', () =>
  lend(async (open) => {
    const driver = await StoreDriver.open(open(), tableOf('notes', { owner: v.string(), text: v.string() }, index('by_owner', 'owner')));
    const outcome = { request: { session: 'session', id: '1' }, identity: '', outcome: '{}' };
    const note = driver.document('notes', { owner: 'ada', text: 'hello' });
    const changed = { ...note, text: 'bye' };

    const inserted = await driver.commit([{ table: 'notes', id: note._id, before: null, after: note }], { outcome });
    const sessionless = { outcome: { ...outcome, request: { session: null, id: '1' } } };
    const patched = await driver.commit([{ table: 'notes', id: note._id, before: note, after: changed }], sessionless);
    const nothing = await driver.commit([]);

    expect({ inserted, patched, nothing }).toEqual({ inserted: 5, patched: 2, nothing: 1 });
  }));
