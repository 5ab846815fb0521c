import { expect, test } from 'vitest';
import { toHex } from './to-hex.ts';

test('bytes are written as two digits each, those of a view alone', () => {
  const bytes = new Uint8Array([0, 9, 10, 255]);

  expect(toHex(bytes)).toBe('00090aff');
  expect(toHex(bytes.buffer)).toBe('00090aff');
  expect(toHex(bytes.subarray(2))).toBe('0aff');
  expect(toHex(new Uint8Array())).toBe('');
});
