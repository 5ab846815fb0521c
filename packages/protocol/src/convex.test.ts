import { expect, test } from 'vitest';
import { decodeTimestamp, encodeTimestamp, toConvexFailure } from './index.ts';

test.each([
  [0, 'AAAAAAAAAAA='],
  [1, 'AQAAAAAAAAA='],
  [258, 'AgEAAAAAAAA='],
  [2 ** 40 + 5, 'BQAAAAABAAA='],
  [Number.MAX_SAFE_INTEGER, '////////HwA='],
])('%d is the timestamp %s', (version, text) => {
  expect(encodeTimestamp(version)).toBe(text);
  expect(decodeTimestamp(text)).toBe(version);
});

test('a timestamp of nanoseconds is later than any version, and what is none is none', () => {
  expect(decodeTimestamp('//////////8=')).toBe(Number.POSITIVE_INFINITY);
  for (const text of ['', 'AAAA', 'AAAAAAAAAAAA', '!AAAAAAAAAA=']) expect(decodeTimestamp(text)).toBeNull();
});

test('what an app throws keeps its data; what else fails says where to find it', () => {
  expect(toConvexFailure({ code: 'function/app-error', message: '{"a":1}', data: { a: 1 }, requestId: 'r' })).toEqual({
    errorMessage: '{"a":1}',
    errorData: { a: 1 },
  });
  expect(toConvexFailure({ code: 'function/threw', message: '`a:b` failed.', requestId: 'r' })).toEqual({
    errorMessage: '[Request ID: r] Server Error\n`a:b` failed.',
  });
  expect(toConvexFailure({ code: 'function/not-found', message: 'There is no `a:b`.', hint: 'Deploy it.' })).toEqual({
    errorMessage: 'There is no `a:b`. Deploy it.',
  });
});

test('a cursor that does not fit is told in the word that Convex’s hooks know', () => {
  expect(toConvexFailure({ code: 'query/bad-cursor', message: 'No.' })).toMatchObject({
    errorMessage: expect.stringContaining('InvalidCursor'),
    errorData: { isConvexSystemError: true, paginationError: 'InvalidCursor' },
  });
});
