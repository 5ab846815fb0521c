import { forEachSeed } from '@betterbase/testing';
import { compareStrings } from '@betterbase/core';
import { expect, test } from 'vitest';
import { escapeText, unescapeText } from './narrow-text.ts';

test('texts come back, have no NUL on the way, and keep their order', () =>
  forEachSeed(200, (random) => {
    const text = (): string => random.many(5, () => random.pick(['\0', '\u0001', '\u0002', 'a', ''])).join('');
    const [one, other] = [text(), text()];

    expect(unescapeText(escapeText(one))).toBe(one);
    expect(escapeText(one)).not.toContain('\0');
    expect(Math.sign(compareStrings(escapeText(one), escapeText(other)))).toBe(Math.sign(compareStrings(one, other)));
  }));
