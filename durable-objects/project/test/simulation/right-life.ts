import { expect } from 'vitest';
import { type LifeReport, live } from './life.ts';
import { nodePlatform } from './node-platform.ts';

/** So many seeds are one test: a shared machine of CI may take a second for each. */
export const blockSize = 50;
export const blockLimit = 120_000;

/** Lives the lives of these seeds, in which nothing may go wrong and much must be lost. */
export async function expectRightLives(seeds: readonly number[]): Promise<void> {
  const struck: Record<keyof LifeReport['struck'], number> = { kill: 0, abort: 0, stick: 0 };
  for (const seed of seeds) {
    const { violations, struck: inThis } = await live(seed, nodePlatform());
    expect(violations, `seed ${seed}; npm run simulate -- --seed ${seed} makes it short`).toEqual([]);
    for (const kind of ['kill', 'abort', 'stick'] as const) struck[kind] += inThis[kind];
  }
  if (seeds.length === blockSize) for (const times of Object.values(struck)) expect(times).toBeGreaterThan(blockSize / 4);
}
