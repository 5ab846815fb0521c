import { RangeScan } from '@betterbase/engine';
import { Seeded, seeds } from '@betterbase/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type LifeReport, live } from './test/simulation/life.ts';
import { type Move, randomMoves } from './test/simulation/moves.ts';
import { nodePlatform } from './test/simulation/node-platform.ts';
import {
  forgottenOutcomes,
  lostAlarms,
  type Plant,
  repeatedFrames,
  repeatedMutations,
  uncheckedVersions,
} from './test/simulation/planted-faults.ts';
import { blockLimit, blockSize, expectRightLives } from './test/simulation/right-life.ts';

// What the switchboard says about lost calls is part of these lives.
const { error } = console;
beforeAll(() => {
  console.error = () => {};
});
afterAll(() => {
  console.error = error;
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** The file beside this one goes on where these end. */
const blocks = process.env['SEED'] === undefined ? [0, 50] : [0];

test.each(blocks)(
  'whatever is lost, slept through, killed or deployed: one order, nothing twice, and every watcher sees the truth (lives after %i)',
  async (before) => {
    await expectRightLives(seeds(blockSize).map((seed) => before + seed));
  },
  blockLimit,
);

test('a life can be had again', async () => {
  for (const seed of [1, 2, 3]) expect(await live(seed, nodePlatform())).toEqual(await live(seed, nodePlatform()));
});

describe('the simulation finds', () => {
  const mostSeeds = 40;

  /** What is done wrong after an engine has ended shows only where engines end. */
  const trouble = (move: Move): readonly Move[] => (move.do === 'mutate' ? [{ do: 'hazard', kind: 'abort', after: 7 }] : []);

  async function firstRed(plant?: Plant): Promise<LifeReport['violations']> {
    for (let seed = 1; seed <= mostSeeds; seed++) {
      const moves = randomMoves(new Seeded(seed)).flatMap((move) => [...trouble(move), move]);
      const { violations } = await live(seed, nodePlatform(), { moves, ...(plant === undefined ? {} : { plant }) });
      if (violations.length > 0) return violations;
    }
    return [];
  }

  test.each<[string, Plant, RegExp]>([
    ['outcomes that are not kept', forgottenOutcomes, /had the outcome|duplicate/],
    ['commits that were decided on an old version', uncheckedVersions, /by (data|caller|time)|outcome/],
    ['alarms that are lost', lostAlarms, /has not run/],
    ['frames that are sent twice', repeatedFrames, /A transition starts at/],
    ['mutations that are run twice', repeatedMutations, /duplicate|had the outcome/],
  ])(
    '%s',
    async (_, plant, says) => {
      expect((await firstRed(plant)).join('\n')).toMatch(says);
    },
    60_000,
  );

  test('read sets that end too early', async () => {
    const { interval } = RangeScan.prototype;
    vi.spyOn(RangeScan.prototype, 'interval').mockImplementation(function (this: RangeScan) {
      const range = interval.call(this);
      return { ...range, upper: range.lower };
    });

    expect((await firstRed()).join('\n')).toMatch(/watches|sees/);
  }, 60_000);
});
