import { expect, test, vi } from 'vitest';
import { countRequest } from './gauge.ts';
import { defaultRates, parseRates, rateOf } from './project-rates.ts';
import { WindowCounter } from './window-counter.ts';

test.each([
  ['POST', '/auth/sign-in/email', 'sign-in'],
  ['POST', '/api/auth/sign-in/email', 'sign-in'],
  ['GET', '/api/auth/passkey/generate-authenticate-options', 'sign-in'],
  ['GET', '/auth/get-session', 'call'],
  ['GET', '/auth/passkey/generate-authenticate-options', 'sign-in'],
  ['GET', '/realtime', 'socket'],
  ['GET', '/api/1.45.0/sync', 'socket'],
  ['POST', '/api/query', 'call'],
])('%s %s counts as %s', (method, path, rate) => {
  expect(rateOf(method, path)).toBe(rate);
});

test('limits are the defaults but for those that are set; what cannot be read changes none', () => {
  const complaint = vi.spyOn(console, 'error').mockImplementation(() => {});

  expect(parseRates('{"call": 5, "socket": 0}')).toEqual({ ...defaultRates, call: 5, socket: 0 });
  expect(['', '{', '[1]', '{"calls": 5}', '{"call": -1}', '{"call": "5"}'].map(parseRates)).toEqual(Array(6).fill(defaultRates));
  expect(complaint).toHaveBeenCalledTimes(5);
  complaint.mockRestore();
});

test('a gauge says how many are left and until when; past the limit it says when to try again', () => {
  const counter = new WindowCounter(60_000);

  expect(countRequest(counter, 'a', 2, 0)).toEqual({ limit: 2, remaining: 1, reset: 60 });
  expect(countRequest(counter, 'a', 2, 10_500)).toEqual({ limit: 2, remaining: 0, reset: 50 });
  expect(() => countRequest(counter, 'a', 2, 20_000)).toThrow(
    expect.objectContaining({ code: 'limit/requests', details: { retryAfter: 40, limit: 2 } }),
  );
});
