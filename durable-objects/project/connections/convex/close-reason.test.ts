import { expect, test } from 'vitest';
import { goodbyeOf } from './close-reason.ts';

test.each([
  ['project/not-deployed', 4040, 'project/not-deployed'],
  ['limit/overloaded', 4503, 'TooManyConcurrentRequests'],
  ['engine/unavailable', 4503, 'InternalServerError'],
  ['internal/unexpected', 1011, 'InternalServerError'],
  ['protocol/version-mismatch', 4409, 'BaseVersionMismatch'],
  ['session/replaced', 4409, 'session/replaced'],
] as const)('after %s a client comes back, as late as the reason tells it', (code, closeCode, reason) => {
  expect(goodbyeOf({ code, message: 'No.' })).toEqual({ frame: null, code: closeCode, reason });
});

test.each(['protocol/bad-message', 'protocol/frame-too-large', 'session/expired'] as const)('after %s it does not come back', (code) => {
  expect(goodbyeOf({ code, message: 'No.' }).frame).toBe('{"type":"FatalError","error":"No."}');
});
