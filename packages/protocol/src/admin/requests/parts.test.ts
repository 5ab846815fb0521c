import * as z from 'zod/mini';
import { expect, test } from 'vitest';
import { whole } from './parts.ts';

test.for(['0', '15', '1763827200000000', '9007199254740991'])('%s in an address is a whole number', (digits) => {
  expect(z.parse(whole, digits)).toBe(Number(digits));
});

test.for(['', '-1', '1.5', '1e3', ' 1', '9007199254740993', '99999999999999999'])('“%s” is none', (text) => {
  expect(z.safeParse(whole, text).success).toBe(false);
});
