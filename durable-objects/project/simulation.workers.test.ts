/** The same lives on the platform's own SQLite. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { durableObjectDisk as engineDisk } from '@betterbase/providers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { durableObjectDisk } from './durable-object-disk.ts';
import { live } from './test/simulation/life.ts';

const { error } = console;
beforeAll(() => {
  console.error = () => {};
});
afterAll(() => {
  console.error = error;
});

test.each([1, 5, 9, 13, 17])(
  'four lives from seed %i on leave one order, nothing twice, and every watcher with the truth',
  async (first) => {
    for (let seed = first; seed < first + 4; seed++) {
      const object = env.SCRATCH.getByName(`life ${seed}`);
      const { violations } = await runInDurableObject(object, (_, { storage }) =>
        live(seed, {
          disks: { switchboard: durableObjectDisk(storage), engine: engineDisk(storage) },
          macrotask: () => storage.sync(),
        }),
      );
      expect(violations, `seed ${seed}`).toEqual([]);
    }
  },
);
