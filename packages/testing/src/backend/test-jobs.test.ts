import {
  action,
  defineSchema,
  defineTable,
  internalMutation,
  makeFunctionReference,
  mutation,
  query,
  type SchedulableFunctionReference,
  v,
} from '@betterbase/core';
import { afterEach, expect, test, vi } from 'vitest';
import { betterbaseTest } from './betterbase-test.ts';

const ref = (path: string): SchedulableFunctionReference => makeFunctionReference<'mutation' | 'action'>(path);
const schema = defineSchema({ notes: defineTable({ text: v.string() }) });
const notes = {
  list: query({ args: {}, handler: async ({ db }) => (await db.query('notes').collect()).map(({ text }) => text) }),
  add: internalMutation({ args: { text: v.string() }, handler: async ({ db }, { text }) => await db.insert('notes', { text }) }),
  later: mutation({ args: { ms: v.number() }, handler: async ({ scheduler }, { ms }) => await scheduler.runAfter(ms, ref('notes:work')) }),
  work: action({ args: {}, handler: async ({ scheduler }) => await scheduler.runAfter(1_000, ref('notes:add'), { text: 'worked' }) }),
  forever: mutation({ args: {}, handler: async ({ scheduler }) => await scheduler.runAfter(1, ref('notes:forever')) }),
};
const list = makeFunctionReference<'query'>('notes:list');
const later = makeFunctionReference<'mutation'>('notes:later');

afterEach(() => {
  vi.useRealTimers();
});

test('scheduled functions run as faked time passes, and those that they schedule', async () => {
  vi.useFakeTimers();
  const t = betterbaseTest(schema, { notes });
  await t.mutation(later, { ms: 5_000 });

  vi.advanceTimersByTime(4_999);
  await t.finishInProgressScheduledFunctions();
  expect(await t.query(list)).toEqual([]);
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  expect(await t.query(list)).toEqual(['worked']);
});

test('what is due is finished without faked time', async () => {
  const t = betterbaseTest(schema, { notes });
  await t.run(async ({ scheduler }) => await scheduler.runAfter(0, ref('notes:add'), { text: 'now' }));
  await t.finishInProgressScheduledFunctions();

  expect(await t.query(list)).toEqual(['now']);
});

test('functions that schedule themselves for ever are told', async () => {
  vi.useFakeTimers();
  const t = betterbaseTest(schema, { notes });
  await t.mutation(makeFunctionReference<'mutation'>('notes:forever'));

  await expect(t.finishAllScheduledFunctions(vi.runOnlyPendingTimers)).rejects.toThrow('for ever');
});
