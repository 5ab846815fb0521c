import { DatabaseSync } from 'node:sqlite';
import { v, type Value } from '@betterbase/core';
import type { DocumentWrite, StoredDocument, VectorRead } from '@betterbase/engine';
import { forEachSeed, type Seeded } from '@betterbase/testing';
import { deletion, insertion, replaced, StoreDriver } from '@betterbase/testing/contracts';
import { expect, test } from 'vitest';
import { EmbeddedStore } from './embedded-store.ts';
import { nodeDisk } from '../disk/node-disk.ts';

type Shape = 'uniform' | 'clustered' | 'far from zero';

const tableOf = (dimensions: number, approximate: boolean) => ({
  name: 'songs',
  document: v.object({ embedding: v.optional(v.vector(dimensions)), genre: v.optional(v.number()) }).json,
  indexes: [
    {
      kind: 'vector' as const,
      name: 'by_embedding',
      vectorField: 'embedding',
      dimensions,
      filterFields: ['genre'],
      ...(approximate ? { approximate } : {}),
    },
  ],
});

const openStore = (dimensions: number, approximate: boolean): Promise<StoreDriver> =>
  StoreDriver.open(new EmbeddedStore(nodeDisk(new DatabaseSync(':memory:'))), tableOf(dimensions, approximate));

const readOf = (vector: readonly number[], rest: Partial<VectorRead> = {}): VectorRead => ({
  table: 'songs',
  field: 'embedding',
  vector,
  metric: 'cosine',
  anyOf: [],
  leastScore: Number.NEGATIVE_INFINITY,
  limit: 10,
  ...rest,
});

function randomVectors(random: Seeded, shape: Shape, count: number, dimensions: number): number[][] {
  const noise = (): number => random.next() + random.next() + random.next() - 1.5;
  const centers = Array.from({ length: 20 }, () => Array.from({ length: dimensions }, noise));
  const middle = { uniform: () => 0, 'far from zero': () => 2, clustered: (at: number, number: number) => centers[number % 20]?.[at] ?? 0 }[
    shape
  ];
  const width = shape === 'clustered' ? 0.3 : 1;
  return Array.from({ length: count }, (_, number) =>
    Array.from({ length: dimensions }, (__, at) => Math.fround(middle(at, number) + width * noise())),
  );
}

test.each<[Shape, VectorRead['metric']]>([
  ['uniform', 'cosine'],
  ['uniform', 'euclidean'],
  ['uniform', 'inner_product'],
  ['clustered', 'cosine'],
  ['far from zero', 'cosine'],
])('of the nearest among %s vectors by %s, 95 in 100 are found, and few compared exactly', { timeout: 60_000 }, async (shape, metric) => {
  await forEachSeed(1, async (random) => {
    const [count, dimensions, questions] = [3_000, 96, 20];
    const vectors = randomVectors(random, shape, count + questions, dimensions);
    const [rough, exact] = await Promise.all([openStore(dimensions, true), openStore(dimensions, false)]);
    for (let from = 0; from < count; from += 500) {
      const some = vectors.slice(from, Math.min(from + 500, count)).map((embedding) => ({ embedding }));
      await rough.insert('songs', ...some);
      await exact.insert('songs', ...some);
    }

    let found = 0;
    let compared = 0;
    for (const vector of vectors.slice(count)) {
      const wanted = new Set((await exact.store.nearest(readOf(vector, { metric }), [])).near.map(({ score }) => score));
      const answer = await rough.store.nearest(readOf(vector, { metric }), []);
      found += answer.near.filter(({ score }) => wanted.has(score)).length;
      compared += answer.compared;
    }
    expect(found / (questions * 10)).toBeGreaterThanOrEqual(0.95);
    expect(compared / questions).toBeLessThan(count / 4);
  });
});

test('inserts, changes, deletions and pending writes are seen, and filters hold before the limit', { timeout: 60_000 }, async () => {
  await forEachSeed(10, async (random) => {
    const dimensions = random.pick([2, 3, 5, 8, 17]);
    const [rough, exact] = await Promise.all([openStore(dimensions, true), openStore(dimensions, false)]);
    let documents: readonly StoredDocument[] = [];
    for (let round = 0; round < 8; round++) {
      const { writes, after } = randomWrites(random, rough, documents, dimensions);
      await rough.commit(writes);
      await exact.commit(writes);
      documents = after;
      const pending = random.chance(0.5) ? randomWrites(random, rough, documents, dimensions).writes : [];
      // One in twenty has the genre: fewer than are looked at exactly in any case, so nothing is left to chance.
      const read = readOf(randomVector(random, dimensions), {
        anyOf: [{ field: 'genre', value: random.below(20) }],
        limit: random.pick([1, 5]),
      });

      expect((await rough.store.nearest(read, pending)).near).toEqual((await exact.store.nearest(read, pending)).near);
    }
  });
});

test('an index is made for documents that are there, and goes without a trace', async () => {
  const disk = nodeDisk(new DatabaseSync(':memory:'));
  const driver = await StoreDriver.open(new EmbeddedStore(disk), tableOf(2, false));
  const [east] = await driver.insert('songs', { embedding: [1, 0] }, { embedding: [0, 1] }, {});
  const sideTables = (): unknown => disk.read("SELECT name FROM sqlite_master WHERE name LIKE '%vector%'").length;

  await driver.migrate(tableOf(2, true));
  expect([sideTables(), (await driver.store.nearest(readOf([1, 0], { limit: 1 }), [])).near]).toEqual([1, [{ id: east?._id, score: 1 }]]);

  await driver.migrate(tableOf(2, false));
  expect(sideTables()).toBe(0);
});

test('a commit that fails leaves the index as it was', async () => {
  const driver = await openStore(2, true);
  const [east] = await driver.insert('songs', { embedding: [1, 0] });
  const stale = driver.version;
  await driver.insert('songs', { embedding: [0, 1] });

  await expect(
    driver.store.commit({
      basedOn: stale,
      version: stale + 1,
      time: driver.time,
      now: driver.now,
      writes: [insertion('songs', driver.document('songs', { embedding: [1, 0] }))],
      outcome: null,
    }),
  ).rejects.toMatchObject({ code: 'commit/conflict' });
  expect((await driver.store.nearest(readOf([1, 0], { limit: 1 }), [])).near).toEqual([{ id: east?._id, score: 1 }]);
});

function randomVector(random: Seeded, dimensions: number): number[] {
  return Array.from({ length: dimensions }, () => Math.fround(random.next() * 2 - 1));
}

function randomFields(random: Seeded, dimensions: number): { readonly [field: string]: Value } {
  return {
    ...(random.chance(0.9) ? { embedding: randomVector(random, dimensions) } : {}),
    ...(random.chance(0.9) ? { genre: random.below(20) } : {}),
  };
}

function randomWrites(random: Seeded, driver: StoreDriver, documents: readonly StoredDocument[], dimensions: number) {
  const after = new Map(documents.map((document) => [document._id, document]));
  const writes: DocumentWrite[] = [];
  for (const document of documents) {
    if (random.chance(0.8)) continue;
    const isGone = random.chance(0.5);
    const next = replaced(document, randomFields(random, dimensions));
    writes.push(isGone ? deletion('songs', document) : { table: 'songs', id: document._id, before: document, after: next });
    if (isGone) after.delete(document._id);
    else after.set(document._id, next);
  }
  for (let count = random.below(120); count > 0; count--) {
    const document = driver.document('songs', randomFields(random, dimensions));
    writes.push(insertion('songs', document));
    after.set(document._id, document);
  }
  return { writes, after: [...after.values()] };
}
