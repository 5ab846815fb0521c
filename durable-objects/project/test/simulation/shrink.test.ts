import { expect, test } from 'vitest';
import { shrink } from './shrink.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');

test('what is left is what it takes to fail', async () => {
  const left = await shrink(letters, async (shorter) => shorter.includes('c') && shorter.includes('x') && shorter.includes('d'));

  expect(left).toEqual(['c', 'd', 'x']);
});

test('what fails by itself leaves nothing', async () => {
  expect(await shrink(letters, async () => true)).toEqual([]);
});

test('it stops asking', async () => {
  let asked = 0;
  await shrink(letters, async () => ++asked % 3 === 0, 20);

  expect(asked).toBe(20);
});
