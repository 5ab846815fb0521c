import { expect, test } from 'vitest';
import { BackOff } from './back-off.ts';

test('the pause doubles from a quarter of a second to fifteen seconds', () => {
  const backOff = new BackOff();

  expect(Array.from({ length: 9 }, () => backOff.failed(0, 1))).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});

test('the jitter is full', () => {
  const backOff = new BackOff();

  expect(backOff.failed(0, 0)).toBe(0);
  expect(backOff.failed(0, 0.5)).toBe(250);
});

test('only a connection that lasted starts the count anew', () => {
  const backOff = new BackOff();
  backOff.failed(0, 1);
  backOff.failed(0, 1);

  expect(backOff.failed(999, 1)).toBe(1000);
  expect(backOff.failed(1000, 1)).toBe(250);
  expect(backOff.failures).toBe(1);
});
