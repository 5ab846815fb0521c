import { expect, test } from 'vitest';
import { present } from './present.ts';

test('what a store cannot do is refused by its name', () => {
  expect(present('exports', 'exports')).toBe('exports');
  expect(() => present(undefined, 'exports')).toThrow(
    expect.objectContaining({ code: 'provider/cannot', details: { capability: 'exports' } }) as Error,
  );
});
