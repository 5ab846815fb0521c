import { expect, test } from 'vitest';
import { checkBank } from './bank.ts';

const balances = (a: number, b: number): ReadonlyMap<string, number> =>
  new Map([
    ['a', a],
    ['b', b],
  ]);
const initial = balances(100, 100);
const transfer = { from: 'a', to: 'b', amount: 10, happened: true };

test('transfers that took place, and only those, are in the balances', () => {
  const transfers = [transfer, { ...transfer, happened: false }];

  expect(
    checkBank({ initial, transfers, readings: [{ name: 'A reading', balances: balances(90, 110) }], final: balances(90, 110) }),
  ).toEqual([]);
});

test('a reading in the middle of a transfer is found', () => {
  const readings = [{ name: 'A reading', balances: balances(90, 100) }];

  expect(checkBank({ initial, transfers: [transfer], readings, final: balances(90, 110) })).toEqual([
    'A reading: the accounts hold 190 together, and not 200.',
  ]);
});

test('a transfer that was lost or made twice is found', () => {
  expect(checkBank({ initial, transfers: [transfer], readings: [], final: initial })).toHaveLength(2);
  expect(checkBank({ initial, transfers: [transfer], readings: [], final: balances(80, 120) })).toHaveLength(2);
});
