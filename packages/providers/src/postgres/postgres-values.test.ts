import { expect, test } from 'vitest';
import { decoderFor, encodeParameter } from './postgres-values.ts';

test.each([
  [16, 't', 1],
  [16, 'f', 0],
  [20, '9007199254740991', 9_007_199_254_740_991],
  [20, '9007199254740993', '9007199254740993'],
  [23, '-7', -7],
  [701, '1e-300', 1e-300],
  [701, 'Infinity', Number.POSITIVE_INFINITY],
  [1700, '1.10', '1.10'],
  [3802, '{"a": 1}', '{"a": 1}'],
  [25, '\\x00', '\\x00'],
])('text of type %i, %s, is %s', (type, text, value) => {
  expect(decoderFor(type)(text)).toBe(value);
});

test('bytes go there and come back', () => {
  const bytes = Uint8Array.from([0, 15, 255]).buffer;

  expect(encodeParameter(bytes)).toBe('\\x000fff');
  expect(decoderFor(17)('\\x000fff')).toEqual(bytes);
});
