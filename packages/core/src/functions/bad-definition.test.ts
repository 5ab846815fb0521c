import { expect, test } from 'vitest';
import { httpAction, mutation, query } from '../index.ts';

/** What somebody without types could write. */
const untyped = (define: unknown, given: unknown) => () => {
  if (typeof define === 'function') define(given);
};

test.each([
  ['a query without a handler', untyped(query, { args: {} }), 'query(…) needs a handler.'],
  ['a mutation that is text', untyped(mutation, 'add'), 'mutation(…) needs a handler.'],
  ['an optimistic update that is none', untyped(mutation, { handler: () => null, optimistic: true }), 'optimistic is a function'],
  ['an HTTP action without a function', untyped(httpAction, {}), 'httpAction(…) takes a function'],
])('%s is refused where it is written', (_, define, message) => {
  expect(define).toThrow(expect.objectContaining({ code: 'function/bad-definition', message: expect.stringContaining(message) }));
});
