/** The seeds after those of `simulation.sim.test.ts`, in a file of their own so that both run at once. */
import { seeds } from '@betterbase/testing';
import { afterAll, beforeAll, test } from 'vitest';
import { blockLimit, blockSize, expectRightLives } from './test/simulation/right-life.ts';

const { error } = console;
beforeAll(() => {
  console.error = () => {};
});
afterAll(() => {
  console.error = error;
});

test.skipIf(process.env['SEED'] !== undefined).each([100, 150])(
  'in the lives after %i, too, there is one order, nothing twice, and every watcher sees the truth',
  async (before) => {
    await expectRightLives(seeds(blockSize).map((seed) => before + seed));
  },
  blockLimit,
);
