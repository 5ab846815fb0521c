import { describe, expect, test } from 'vitest';
import { AppError, ConvexError, isAppError } from './app-error.ts';
import { BetterBaseError, isBetterBaseError } from './betterbase-error.ts';
import { errorCodes } from './codes.ts';
import { formatError } from './format-error.ts';
import { AuthError, DatabaseError, IaCError, NotFoundError, ValidationError } from './iac-errors.ts';

describe('the table of codes', () => {
  test('every code is an area and what happened, with a status of an error', () => {
    for (const [code, row] of Object.entries(errorCodes)) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*\/[a-z]+(-[a-z]+)*$/);
      expect(row.status).toBeGreaterThanOrEqual(400);
      expect(row.status).toBeLessThan(600);
    }
  });

  test('close codes are ones that an application may send', () => {
    const closeCodes = Object.values(errorCodes).flatMap((row) => ('closeCode' in row ? [row.closeCode] : []));

    expect(closeCodes.filter((code) => code !== 1011 && (code < 4000 || code > 4999))).toEqual([]);
  });

  test('an error is told by its code, whatever its class', () => {
    const fromElsewhere = Object.assign(new Error('x'), { code: 'document/not-found' });

    expect(
      [new BetterBaseError('commit/conflict', 'x'), fromElsewhere, Object.assign(new Error('x'), { code: 'ENOENT' }), 'x'].map(
        isBetterBaseError,
      ),
    ).toEqual([true, true, false, false]);
  });
});

describe('errors that an app throws', () => {
  test('carry data', () => {
    const error = new AppError({ code: 'out-of-stock', left: 0n });

    expect(error.message).toBe('{"code":"out-of-stock","left":"0"}');
    expect(error.data).toEqual({ code: 'out-of-stock', left: 0n });
    expect(new ConvexError('no')).toBeInstanceOf(AppError);
  });

  test('may be written in the words of BetterBase', () => {
    const errors = [
      new IaCError('a', 'OWN_CODE', { docsUrl: 'https://docs' }),
      new ValidationError('b', { fields: { name: 'is empty' } }),
      new DatabaseError('c'),
      new AuthError('d', { suggestion: 'Sign in.' }),
      new NotFoundError('e'),
    ];

    expect(errors.every(isAppError)).toBe(true);
    expect(errors.map(({ name, message, data }) => [name, message, data])).toEqual([
      ['IaCError', 'a', { message: 'a', code: 'OWN_CODE', docsUrl: 'https://docs' }],
      ['ValidationError', 'b', { message: 'b', code: 'VALIDATION_ERROR', fields: { name: 'is empty' } }],
      ['DatabaseError', 'c', { message: 'c', code: 'DATABASE_ERROR' }],
      ['AuthError', 'd', { message: 'd', code: 'AUTH_ERROR', suggestion: 'Sign in.' }],
      ['NotFoundError', 'e', { message: 'e', code: 'NOT_FOUND' }],
    ]);
  });
});

test('errors are formatted with what to do', () => {
  expect(formatError(new BetterBaseError('table/not-found', 'There is no table `x`.', { hint: 'Define it.' }))).toBe(
    'table/not-found: There is no table `x`.\n  Define it.',
  );
  expect(formatError(new AuthError('Who are you?', { suggestion: 'Sign in.', docsUrl: 'https://docs' }))).toBe(
    'AUTH_ERROR: Who are you?\n  Sign in.\n  https://docs',
  );
  expect(formatError(new AppError('no'))).toBe('App error: no');
  expect(formatError(new TypeError('x', { cause: new Error('y') }))).toBe('TypeError: x\n  Cause: Error: y');
  expect(formatError('text')).toBe('Thrown: text');
});
