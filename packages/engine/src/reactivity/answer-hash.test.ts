import { forEachSeed } from '@betterbase/testing';
import { describe, expect, it } from 'vitest';
import { answerHash } from './answer-hash.ts';

describe('the hash of an answer', () => {
  it('is sixteen hexadecimal digits, the same ones for the same text', () => {
    expect(answerHash('[1,2,3]')).toMatch(/^[0-9a-f]{16}$/);
    expect(answerHash('[1,2,3]')).toBe(answerHash(`[1,2${',3]'}`));
  });

  it('does not depend on what was hashed before', () => {
    const alone = answerHash('short');

    answerHash('x'.repeat(200_000));
    answerHash('a longer text');

    expect(answerHash('short')).toBe(alone);
  });

  it.each([
    ['', '\0'],
    ['a', 'a\0'],
    ['ab', 'ba'],
    ['abcdabcd', 'abcDabcD'],
    ['é', 'è'],
    ['x'.repeat(100_000), `${'x'.repeat(99_999)}y`],
  ])('tells %j from its neighbour', (one, other) => {
    expect(answerHash(one)).not.toBe(answerHash(other));
  });

  it('tells texts apart that differ in a few bits of neighbouring characters', async () => {
    await forEachSeed(300, (random) => {
      const units = Array.from({ length: 16 + random.below(48) }, () => 32 + random.below(90));
      const text = String.fromCharCode(...units);
      const seen = new Set([answerHash(text)]);
      const changed = new Set([text]);
      for (let attempt = 0; attempt < 200; attempt++) {
        const other = [...units];
        for (let flips = 1 + random.below(3); flips > 0; flips--) {
          const place = random.below(other.length);
          other[place] = (other[place] ?? 0) ^ (1 << random.below(7));
        }
        changed.add(String.fromCharCode(...other));
      }

      for (const other of changed) seen.add(answerHash(other));

      expect(seen.size).toBe(changed.size);
    });
  });
});
