import { forEachSeed } from '@betterbase/testing';
import { describe, expect, it } from 'vitest';
import { decodeDocumentId, encodeDocumentId, newInternalId } from './document-id.ts';

describe('a document id', () => {
  it('is written as Convex writes it', () => {
    const internal = Uint8Array.from({ length: 16 }, (_, position) => powerOf251(position + 1));

    expect(encodeDocumentId(1017, internal)).toBe('z43zp6c3e75gkmz1kfwj6mbbx5sw281h');
    expect(decodeDocumentId('z43zp6c3e75gkmz1kfwj6mbbx5sw281h')).toEqual({ tableNumber: 1017, internal });
  });

  it('comes back from its text with every table number', async () => {
    await forEachSeed(200, (random) => {
      const tableNumber = 1 + random.below(2 ** (1 + random.below(32)));
      const internal = random.bytes(16);

      const text = encodeDocumentId(tableNumber, internal);

      expect(text).toMatch(/^[0-9a-hjkmnp-tv-z]{31,37}$/);
      expect(decodeDocumentId(text)).toEqual({ tableNumber, internal });
    });
  });

  it('has one text only: any other text that differs in a character is no id', async () => {
    await forEachSeed(200, (random) => {
      const text = encodeDocumentId(1 + random.below(100_000), random.bytes(16));
      const place = random.below(text.length);
      const other = random.pick(['0', 'a', 'z', 'A', 'i', '-', 'é', '']);
      const changed = text.slice(0, place) + other + text.slice(place + 1);
      const decoded = decodeDocumentId(changed);

      if (changed === text) expect(decoded).not.toBeNull();
      // The checksum has 16 bits and cannot tell 00 from ff everywhere: what it lets pass is still its own, other id.
      else if (decoded !== null) expect(encodeDocumentId(decoded.tableNumber, decoded.internal)).toBe(changed);
    });
  });

  it.each(['', 'todos', 'sssswsgggggggggsgcsssfafffsffks', '0'.repeat(31), 'z'.repeat(37), 'k'.repeat(50)])('is not %j', (text) => {
    expect(decodeDocumentId(text)).toBeNull();
  });

  it('sorts by time, also within a millisecond', async () => {
    await forEachSeed(200, (random) => {
      const time = Math.floor(1.7e12 + random.next() * 4e11) + random.below(4095) / 4096;
      const earlier = encodeDocumentId(7, newInternalId(time, random.bytes(10)));
      const later = encodeDocumentId(7, newInternalId(time + 1 / 4096, random.bytes(10)));

      expect(earlier < later).toBe(true);
    });
  });

  it('differs at the same time when chance does', async () => {
    await forEachSeed(50, (random) => {
      expect(newInternalId(1e12, random.bytes(10))).not.toEqual(newInternalId(1e12, random.bytes(10)));
    });
  });
});

function powerOf251(exponent: number): number {
  let power = 1;
  for (let count = 0; count < exponent; count++) power = (power * 251) & 255;
  return power;
}
