import { mutation as defineMutation, v } from '@betterbase/core';
import { expect, test, vi } from 'vitest';
import { createTestClient, type TestClient } from '../test/test-client.ts';
import { todos } from '../test/todos.ts';
import type { OptimisticUpdate } from './index.ts';

const ann = { owner: 'ann' };

const append: OptimisticUpdate<typeof todos.add> = (store, { owner, text }) => {
  const before = store.getQuery(todos.list, { owner });
  if (before !== undefined) store.setQuery(todos.list, { owner }, [...before, text]);
};

/** A client that watches ann's list, which is ['milk'] at version 1. */
async function watching(): Promise<TestClient & { readonly lists: unknown[] }> {
  const test = createTestClient();
  const lists: unknown[] = [];
  test.client.watch(todos.list, ann, (list) => lists.push(list));
  await test.settle();
  test.server.greet();
  test.server.say({ type: 'transition', from: 0, to: 1, changes: [{ id: 1, value: ['milk'], hash: 'a' }], finished: [] });
  test.server.take();
  return { ...test, lists };
}

test('the guess shows at once, and gives way to the truth in one step', async () => {
  const { client, server, lists, settle } = await watching();
  const done = client.mutation(todos.add, { owner: 'ann', text: 'tea' }, { optimistic: append });
  expect(lists).toEqual([['milk'], ['milk', 'tea']]);

  await settle();
  server.say({
    type: 'transition',
    from: 1,
    to: 2,
    changes: [{ id: 1, value: ['milk', 'TEA'], hash: 'b' }],
    finished: [{ id: 1, value: 'id' }],
  });
  await done;
  expect(lists).toEqual([['milk'], ['milk', 'tea'], ['milk', 'TEA']]);
});

test('the guess is taken back when the mutation fails', async () => {
  const { client, server, lists, settle } = await watching();
  const done = client.mutation(todos.add, { owner: 'ann', text: 'tea' }, { optimistic: append });
  await settle();
  server.say({ type: 'transition', from: 1, to: 1, changes: [], finished: [{ id: 1, error: { code: 'function/threw', message: 'No.' } }] });

  await expect(done).rejects.toMatchObject({ code: 'function/threw' });
  expect(lists).toEqual([['milk'], ['milk', 'tea'], ['milk']]);
});

test('guesses are replayed in order on every new truth until their own mutation is in it', async () => {
  const { client, server, lists, settle } = await watching();
  void client.mutation(todos.add, { owner: 'ann', text: 'tea' }, { optimistic: append });
  void client.mutation(todos.add, { owner: 'ann', text: 'rum' }, { optimistic: append });
  await settle();
  server.say({ type: 'transition', from: 1, to: 2, changes: [{ id: 1, value: ['oats', 'milk'], hash: 'b' }], finished: [] });
  server.say({
    type: 'transition',
    from: 2,
    to: 3,
    changes: [{ id: 1, value: ['oats', 'milk', 'tea'], hash: 'c' }],
    finished: [{ id: 1, value: '' }],
  });
  server.say({
    type: 'transition',
    from: 3,
    to: 4,
    changes: [{ id: 1, value: ['oats', 'milk', 'tea', 'rum'], hash: 'd' }],
    finished: [{ id: 2, value: '' }],
  });

  expect(lists).toEqual([
    ['milk'],
    ['milk', 'tea'],
    ['milk', 'tea', 'rum'],
    ['oats', 'milk', 'tea', 'rum'],
    ['oats', 'milk', 'tea', 'rum'],
  ]);
});

test('a transition about something else does not touch what a guess shows', async () => {
  const { client, server, lists, settle } = await watching();
  client.watch(todos.count, {});
  void client.mutation(todos.add, { owner: 'ann', text: 'tea' }, { optimistic: append });
  await settle();
  const told = lists.length;
  server.say({ type: 'transition', from: 1, to: 2, changes: [{ id: 2, value: 9, hash: 'n' }], finished: [] });

  expect(lists).toHaveLength(told);
});

test('an update that throws at once fails the call, and nothing is sent', async () => {
  const { client, server, lists, settle } = await watching();
  const done = client.mutation(
    todos.add,
    { owner: 'ann', text: 'tea' },
    {
      optimistic: () => {
        throw new Error('mine');
      },
    },
  );

  await expect(done).rejects.toThrow('mine');
  await settle();
  expect(server.take()).toEqual([]);
  expect(lists).toEqual([['milk']]);
  expect(client.connectionState().mutationsInFlight).toBe(0);
});

test('an asynchronous update is refused', async () => {
  const { client } = await watching();
  const sleepy = (): unknown => Promise.resolve();

  await expect(client.mutation(todos.add, { owner: 'ann', text: 'tea' }, { optimistic: sleepy })).rejects.toMatchObject({
    code: 'function/not-allowed-here',
    hint: expect.stringContaining('without await'),
  });
});

test('an update that throws on a later truth is reported and taken back, and the mutation goes on', async () => {
  const { client, server, platform, lists, settle } = await watching();
  const fragile: typeof append = (store, args) => {
    if (store.getQuery(todos.list, ann)?.length !== 1) throw new Error('too long');
    append(store, args);
  };
  const done = client.mutation(todos.add, { owner: 'ann', text: 'tea' }, { optimistic: fragile });
  await settle();
  server.say({ type: 'transition', from: 1, to: 2, changes: [{ id: 1, value: ['a', 'b'], hash: 'b' }], finished: [] });
  server.say({ type: 'transition', from: 2, to: 3, changes: [], finished: [{ id: 1, value: 'id' }] });

  await expect(done).resolves.toBe('id');
  expect(platform.reports).toEqual([new Error('too long')]);
  expect(lists.at(-1)).toEqual(['a', 'b']);
});

test('an update sees the arguments as they were when it was called', async () => {
  const { client, server, lists, settle } = await watching();
  const args = { owner: 'ann', text: 'tea' };
  void client.mutation(todos.add, args, { optimistic: append });
  args.text = 'changed';
  await settle();
  server.say({ type: 'transition', from: 1, to: 2, changes: [{ id: 1, value: [], hash: 'b' }], finished: [] });

  expect(lists.at(-1)).toEqual(['tea']);
});

test('an update finds every watched query of a function', async () => {
  const { client } = await watching();
  client.watch(todos.list, { owner: 'bob' });
  const found = vi.fn<(told: unknown) => void>();
  void client.mutation(todos.add, { owner: 'ann', text: '' }, { optimistic: (store) => found(store.getAllQueries(todos.list)) });

  expect(found).toHaveBeenCalledWith([
    { args: { owner: 'ann' }, value: ['milk'] },
    { args: { owner: 'bob' }, value: undefined },
  ]);
});

test("a registered update is used when the call brings none, and so is a mutation's own", async () => {
  const { client, lists } = await watching();
  client.registerOptimistic(todos.add, append);
  void client.mutation(todos.add, { owner: 'ann', text: 'tea' });
  expect(lists.at(-1)).toEqual(['milk', 'tea']);

  const add = defineMutation({
    args: { owner: v.string(), text: v.string() },
    handler: () => 'id',
    optimistic: (store, { owner, text }) => store.setQuery(todos.list, { owner }, [text]),
  });
  client.registerOptimistic(todos.add, add);
  void client.mutation(todos.add, { owner: 'ann', text: 'rum' });
  expect(lists.at(-1)).toEqual(['rum']);

  void client.mutation(todos.add, { owner: 'ann', text: 'gin' }, { optimistic: append });
  expect(lists.at(-1)).toEqual(['rum', 'gin']);
});
