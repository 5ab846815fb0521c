import { expect, test } from 'vitest';
import { isRange, isWithin } from './address-range.ts';

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['203.0.113.7', '203.0.113.0/24'],
  ['203.0.113.7', '0.0.0.0/0'],
  ['::ffff:203.0.113.7', '203.0.113.0/24'],
  ['2001:db8::1', '2001:db8::/32'],
  ['2001:0db8:0:0::1', '2001:db8::1'],
])('%s is within %s', (address, range) => {
  expect(isWithin(address, range)).toBe(true);
});

test.each([
  ['203.0.114.7', '203.0.113.0/24'],
  ['203.0.113.8', '203.0.113.7'],
  ['2001:db9::1', '2001:db8::/32'],
  ['203.0.113.7', '2001:db8::/32'],
  ['203.0.113.7', 'nonsense'],
  ['nonsense', '0.0.0.0/0'],
  ['::1', '0.0.0.0/0'],
])('%s is not within %s', (address, range) => {
  expect(isWithin(address, range)).toBe(false);
});

test('what is no address and no range is known for it', () => {
  expect(['203.0.113.0/24', '::1', '10.0.0.1'].map(isRange)).toEqual([true, true, true]);
  expect(['256.1.1.1', '1.2.3', '1.2.3.4/33', '1.2.3.4/', '1.2.3.4/8/8', ':::', '::1/129', ''].map(isRange)).toEqual(Array(8).fill(false));
});
