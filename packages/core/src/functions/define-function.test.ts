import { describe, expect, test } from 'vitest';
import { v } from '../validators/v.ts';
import {
  action,
  actionGeneric,
  internalAction,
  internalMutation,
  internalQuery,
  mutation,
  mutationGeneric,
  query,
  queryGeneric,
} from './define-function.ts';
import { httpAction, httpActionGeneric, isHttpAction } from './http-action.ts';
import { functionDefinition } from './registered-function.ts';

describe('a defined function', () => {
  test.each([
    ['query', query, { isQuery: true, isPublic: true }, ['query', 'public']],
    ['internalQuery', internalQuery, { isQuery: true, isInternal: true }, ['query', 'internal']],
    ['mutation', mutation, { isMutation: true, isPublic: true }, ['mutation', 'public']],
    ['internalMutation', internalMutation, { isMutation: true, isInternal: true }, ['mutation', 'internal']],
    ['action', action, { isAction: true, isPublic: true }, ['action', 'public']],
    ['internalAction', internalAction, { isAction: true, isInternal: true }, ['action', 'internal']],
  ])('%s says what it is', (_name, define, flags, [kind, visibility]) => {
    const handler = () => 1;
    const defined = define({ handler });

    expect(typeof defined).toBe('function');
    expect(Object.fromEntries(Object.entries(defined).filter(([, value]) => value === true))).toEqual({ isConvexFunction: true, ...flags });
    expect(functionDefinition(defined)).toEqual({ kind, visibility, args: null, returns: null, handler, optimistic: null });
  });

  test('both forms keep the handler; the object form keeps validators too', () => {
    const handler = (): null => null;
    const optimistic = (): undefined => undefined;

    const full = functionDefinition(mutation({ args: { a: v.string() }, returns: v.null(), handler, optimistic }));

    expect(functionDefinition(mutation(handler))?.handler).toBe(handler);
    expect(full?.args?.json).toEqual({ type: 'object', value: { a: { fieldType: { type: 'string' }, optional: false } } });
    expect([full?.returns?.kind, full?.optimistic]).toEqual(['null', optimistic]);
  });

  test('validators may be written as fields or as one validator', () => {
    const fields = functionDefinition(query({ args: { a: v.string() }, returns: { b: v.null() }, handler: () => ({ b: null }) }));
    const validator = functionDefinition(
      query({ args: v.object({ a: v.string() }), returns: v.object({ b: v.null() }), handler: () => ({ b: null }) }),
    );

    expect(fields?.args?.json).toEqual(validator?.args?.json);
    expect(fields?.returns?.json).toEqual(validator?.returns?.json);
  });

  test('it exports its validators as JSON text', () => {
    const bare = query(() => 1);
    const full = query({ args: { a: v.optional(v.int64()) }, returns: v.string(), handler: () => '' });

    expect([bare.exportArgs(), bare.exportReturns()]).toEqual(['{"type":"any"}', 'null']);
    expect([full.exportArgs(), full.exportReturns()]).toEqual([
      '{"type":"object","value":{"a":{"fieldType":{"type":"bigint"},"optional":true}}}',
      '{"type":"string"}',
    ]);
  });

  test('called as JavaScript it is its handler', () => {
    const shout = query({ args: { text: v.string() }, handler: (_ctx, { text }) => text.toUpperCase() });

    expect(shout({}, { text: 'hello' })).toBe('HELLO');
    expect(shout._handler({}, { text: 'hello' })).toBe('HELLO');
  });

  test('nothing else has a definition', () => {
    const wrapped = Object.create(query(() => 1)) as object;

    expect([null, undefined, 5, 'query', {}, () => 1, wrapped].map(functionDefinition)).toEqual(Array.from({ length: 7 }, () => null));
  });

  test('the names of Convex are the same functions', () => {
    expect([queryGeneric, mutationGeneric, actionGeneric, httpActionGeneric]).toEqual([query, mutation, action, httpAction]);
  });

  test('a wrapper of a builder is a builder', () => {
    const queryAs = (who: string) => (handler: (ctx: { readonly who: string }) => string) =>
      query({ args: {}, handler: (ctx) => handler({ ...ctx, who }) });

    expect(queryAs('Ada')(({ who }) => `I am ${who}`)({}, {})).toBe('I am Ada');
  });
});

describe('what is no function', () => {
  const loose = query as unknown as (definition: unknown) => unknown;

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'query(…) needs a handler.'],
    ['no handler', { args: {} }, 'query(…) needs a handler.'],
    ['a handler that is no function', { handler: 'list' }, 'query(…) needs a handler.'],
    ['an optimistic update that is no function', { handler: () => 1, optimistic: true }, 'optimistic is a function'],
    ['arguments that are no validators', { args: { a: 'string' }, handler: () => 1 }, 'takes a validator'],
    ['a result that is no validator', { returns: 'string', handler: () => 1 }, 'takes an object of validators'],
  ])('%s', (_what, definition, message) => {
    expect(() => loose(definition)).toThrow(message);
  });
});

test('an HTTP action keeps its handler and is recognised', () => {
  const handler = (): Response => new Response('ok');
  const defined = httpAction(handler);

  expect(functionDefinition(defined)).toMatchObject({ kind: 'http', handler });
  expect([defined, query(() => 1), handler].map(isHttpAction)).toEqual([true, false, false]);
  expect(() => httpAction(5 as never)).toThrow('httpAction(…) takes a function');
});
