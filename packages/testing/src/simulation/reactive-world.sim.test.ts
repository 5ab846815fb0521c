import { DatabaseSync } from 'node:sqlite';
import { EmbeddedStore, KeptList, MemoryStore, nodeDisk } from '@betterbase/providers';
import { RangeScan, SearchReaders } from '@betterbase/engine';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Seeded, seeds } from '../random/seeded.ts';
import { storeElsewhere } from '../elsewhere/store-elsewhere.ts';
import { runReactiveWorld } from './reactive-world.ts';
import { slowStore } from './slow-store.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const size = { steps: 25, queries: 20 };

describe.each([
  ['embedded', () => new EmbeddedStore(nodeDisk(new DatabaseSync(':memory:')))],
  ['memory', () => new MemoryStore()],
])('on the %s store', (_name, createStore) => {
  test('a commit runs exactly the queries again that read what it wrote', async () => {
    let reruns = 0;
    for (const seed of seeds(100)) {
      const verdict = await runReactiveWorld(new Seeded(seed), createStore(), size);
      expect(verdict.missed, `seed ${seed}: missed changes`).toEqual([]);
      expect(verdict.needless, `seed ${seed}: re-runs outside the read set`).toEqual([]);
      reruns += verdict.reruns;
    }
    expect(reruns).toBeGreaterThan(1_000);
  }, 60_000);

  test('so it does when the engine sleeps and crashes in between', async () => {
    const sum = { reruns: 0, sleeps: 0, crashes: 0 };
    for (const seed of seeds(100)) {
      const verdict = await runReactiveWorld(new Seeded(seed), createStore(), { ...size, restless: true });
      expect(verdict.missed, `seed ${seed}: missed changes`).toEqual([]);
      expect(verdict.needless, `seed ${seed}: re-runs outside the read set`).toEqual([]);
      sum.reruns += verdict.reruns;
      sum.sleeps += verdict.sleeps;
      sum.crashes += verdict.crashes;
    }
    expect(sum.reruns).toBeGreaterThan(1_000);
    expect(sum.sleeps).toBeGreaterThan(500);
    expect(sum.crashes).toBeGreaterThan(100);
  }, 60_000);
});

test('a commit runs exactly the queries again that read what it wrote, however long the store takes', async () => {
  let reruns = 0;
  for (const seed of seeds(12)) {
    const slow = slowStore(new MemoryStore(), new Seeded(seed));
    const verdict = await runReactiveWorld(new Seeded(seed), slow, { steps: 12, queries: 12, restless: true });
    expect(verdict.missed, `seed ${seed}: missed changes`).toEqual([]);
    expect(verdict.needless, `seed ${seed}: re-runs outside the read set`).toEqual([]);
    reruns += verdict.reruns;
  }
  expect(reruns).toBeGreaterThan(50);
}, 60_000);

describe('with documents elsewhere', () => {
  test('a commit runs exactly the queries again that read what it wrote', async () => {
    let reruns = 0;
    for (const seed of seeds(20)) {
      const verdict = await runReactiveWorld(new Seeded(seed), storeElsewhere(), size);
      expect(verdict.missed, `seed ${seed}: missed changes`).toEqual([]);
      expect(verdict.needless, `seed ${seed}: re-runs outside the read set`).toEqual([]);
      reruns += verdict.reruns;
    }
    expect(reruns).toBeGreaterThan(200);
  }, 60_000);

  test('so it does when the engine sleeps and crashes in between', async () => {
    let reruns = 0;
    for (const seed of seeds(20)) {
      const verdict = await runReactiveWorld(new Seeded(seed), storeElsewhere(), { ...size, restless: true });
      expect(verdict.missed, `seed ${seed}: missed changes`).toEqual([]);
      expect(verdict.needless, `seed ${seed}: re-runs outside the read set`).toEqual([]);
      reruns += verdict.reruns;
    }
    expect(reruns).toBeGreaterThan(200);
  }, 60_000);
});

describe('the check itself', () => {
  test('sees missed changes when searches look at what documents were, and not at what they become', async () => {
    const collect = SearchReaders.prototype.collect;
    vi.spyOn(SearchReaders.prototype, 'collect').mockImplementation(function (this: SearchReaders, write, hit) {
      collect.call(this, { ...write, after: null }, hit);
    });

    expect((await total()).missed).toBeGreaterThan(0);
  });

  const totalRestless = (): Promise<{ missed: number; needless: number }> => total({ ...size, restless: true });
  const total = async (of: Parameters<typeof runReactiveWorld>[2] = size): Promise<{ missed: number; needless: number }> => {
    const sum = { missed: 0, needless: 0 };
    for (const seed of seeds(20)) {
      const verdict = await runReactiveWorld(new Seeded(seed), new MemoryStore(), of);
      sum.missed += verdict.missed.length;
      sum.needless += verdict.needless.length;
    }
    return sum;
  };

  test('sees missed changes when a read set ends one key too early', async () => {
    const interval = RangeScan.prototype.interval;
    vi.spyOn(RangeScan.prototype, 'interval').mockImplementation(function (this: RangeScan) {
      const range = interval.call(this);
      return range.upper.endsWith('\0') ? { ...range, upper: range.upper.slice(0, -1) } : range;
    });

    expect((await total()).missed).toBeGreaterThan(0);
  });

  test('sees missed changes when kept queries are looked up one point short', async () => {
    const { at } = KeptList.prototype;
    vi.spyOn(KeptList.prototype, 'at').mockImplementation(function (this: KeptList, points) {
      return at.call(this, points.slice(0, -1));
    });

    expect((await totalRestless()).missed).toBeGreaterThan(0);
  });

  test('sees missed changes when a commit does not say on disk whom it touches', async () => {
    const commit = MemoryStore.prototype.commit;
    vi.spyOn(MemoryStore.prototype, 'commit').mockImplementation(function (this: MemoryStore, batch) {
      return commit.call(this, { ...batch, stale: [] });
    });

    expect((await totalRestless()).missed).toBeGreaterThan(0);
  });

  test('sees needless re-runs when a read set is not cut where reading stopped', async () => {
    const interval = RangeScan.prototype.interval;
    vi.spyOn(RangeScan.prototype, 'interval').mockImplementation(function (this: RangeScan) {
      return { ...interval.call(this), lower: '', upper: '\xff' };
    });

    expect((await total()).needless).toBeGreaterThan(0);
  });
});
