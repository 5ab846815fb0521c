import { expect, test } from 'vitest';
import { median, Stopwatch, summarize } from './figures.ts';

test('percentiles are taken of what was recorded, in any order', () => {
  const stopwatch = new Stopwatch(200);
  for (let time = 100; time > 0; time--) stopwatch.record(time);

  expect([stopwatch.percentile(0.5), stopwatch.percentile(0.99)]).toEqual([51, 100]);
});

test('a summary is the median of the rounds, and one wild round does not move it', () => {
  expect(summarize([{ rate: 10 }, { rate: 1000 }, { rate: 12 }])).toEqual({ rate: 12 });
});

test('a median leaves out what could not be measured', () => {
  expect(median([Number.NaN, 1, 3])).toBe(2);
});
