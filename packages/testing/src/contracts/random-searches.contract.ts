import { v, type Value } from '@betterbase/core';
import type { DocumentWrite, FieldEquals, StoredDocument } from '@betterbase/engine';
import { describe, expect, it } from 'vitest';
import { forEachSeed, type Seeded } from '../random/seeded.ts';
import { searchFor } from './search-store.contract.ts';
import { deletion, insertion, type LendStore, replaced, StoreDriver } from './store-driver.ts';
import { searchIndex, tableOf } from './tables.ts';

const messages = tableOf(
  'messages',
  { text: v.optional(v.union(v.string(), v.number())), room: v.any(), seen: v.optional(v.boolean()) },
  searchIndex('by_text', 'text', 'room', 'seen'),
);

/** Random texts, changes and searches: the store finds what a model finds, in its order, with its scores. */
export function randomSearchesContract(name: string, lend: LendStore, lendModel: LendStore, seeds = 60): void {
  describe(`${name} with random texts and searches`, () => {
    it('finds what the model finds, pending writes included', { timeout: 120_000 }, () =>
      forEachSeed(seeds, (random) =>
        lend((open) =>
          lendModel(async (openModel) => {
            const store = await StoreDriver.open(open(), messages);
            const model = await StoreDriver.open(openModel(), messages);
            let documents: readonly StoredDocument[] = [];

            for (let round = 0; round < 4; round++) {
              const { writes, after } = randomWrites(random, store, documents);
              await store.commit(writes);
              await model.commit(writes);
              documents = after;
              for (let count = 0; count < 10; count++) {
                const read = searchFor(`${randomText(random, 3)} ${randomWord(random)}`, {
                  filters: randomFilters(random),
                  limit: random.pick([1, 3, 100]),
                });
                const pending = random.chance(0.3) ? randomWrites(random, store, documents).writes : [];
                expect([read, await store.store.search(read, pending)]).toEqual([read, await model.store.search(read, pending)]);
              }
            }
          }),
        ),
      ),
    );
  });
}

interface RandomWrites {
  readonly writes: readonly DocumentWrite[];
  readonly after: readonly StoredDocument[];
}

function randomWrites(random: Seeded, driver: StoreDriver, documents: readonly StoredDocument[]): RandomWrites {
  const writes: DocumentWrite[] = [];
  const after: StoredDocument[] = [];
  for (const before of documents) {
    if (random.chance(0.2)) writes.push(deletion('messages', before));
    else if (random.chance(0.5)) after.push(before);
    else {
      const changed = replaced(before, randomFields(random));
      writes.push({ table: 'messages', id: before._id, before, after: changed });
      after.push(changed);
    }
  }
  for (const added of random.many(8, () => driver.document('messages', randomFields(random)))) {
    writes.push(insertion('messages', added));
    after.push(added);
  }
  return { writes, after };
}

function randomFields(random: Seeded): { readonly [field: string]: Value } {
  return {
    room: randomRoom(random),
    ...(random.chance(0.9) ? { text: random.chance(0.1) ? 7 : randomText(random, 8) } : {}),
    ...(random.chance(0.5) ? { seen: random.chance(0.5) } : {}),
  };
}

function randomText(random: Seeded, mostWords: number): string {
  return random.many(mostWords, () => randomWord(random)).join(random.pick([' ', ', ', '!']));
}

function randomWord(random: Seeded): string {
  return random.pick(['a', 'ab', 'abc', 'b', 'bcd', 'é', 'éa', 'zebra', 'zeb', '42']);
}

function randomFilters(random: Seeded): FieldEquals[] {
  const filters: FieldEquals[] = [];
  if (random.chance(0.4)) filters.push({ field: 'room', value: randomRoom(random) });
  if (random.chance(0.3)) filters.push({ field: 'seen', value: random.pick([undefined, true, false]) });
  return filters;
}

function randomRoom(random: Seeded): Value {
  return random.pick<Value>([null, 0, -0, 1, 1n, 'red', 'red ', ['red'], { a: 1 }]);
}
