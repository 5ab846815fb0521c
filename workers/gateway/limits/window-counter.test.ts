import { expect, test } from 'vitest';
import { WindowCounter } from './window-counter.ts';

test('what is counted is forgotten when the window ends, for each name by itself', () => {
  const counter = new WindowCounter(1_000);

  expect([counter.count('a', 0), counter.count('a', 500), counter.count('b', 999)]).toEqual([1, 2, 1]);
  expect([counter.seen('a', 999), counter.seen('a', 1_000), counter.seen('c', 0)]).toEqual([2, 0, 0]);
  expect(counter.secondsLeft('b', 1_000)).toBe(1);
  expect(counter.count('a', 1_000)).toBe(1);
});
