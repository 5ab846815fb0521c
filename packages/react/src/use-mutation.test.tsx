// @vitest-environment happy-dom
import { type ReactNode, useEffect } from 'react';
import { expect, test } from 'vitest';
import { createStage, Held } from '../test/render.tsx';
import { todos } from '../test/todos.ts';
import { type CallResult, type MutationResult, useAction, useMutation, useQuery } from './index.ts';

const milk = { owner: 'ann', text: 'milk' };

type Add = typeof todos.add;

/** Shows how the mutation stands, and hands it out. */
function Adder({ held }: { readonly held: Held<MutationResult<Add>> }): ReactNode {
  const add = useMutation(todos.add);
  useEffect(() => held.take(add));
  return [add.status, add.data, add.error?.message, add.optimisticData?.text].filter(Boolean).join(' ');
}

test('a mutation is sent once, in StrictMode too, and its state is shown', async () => {
  const { server, text, show, during } = createStage();
  const add = new Held<MutationResult<Add>>();
  await show(<Adder held={add} />);
  expect(text()).toBe('idle');

  await during(() => add.now.mutate(milk));
  expect(text()).toBe('pending milk');
  expect(add.now.isPending).toBe(true);

  await during(() => server.greet());
  expect(server.take().filter((message) => message !== 'ping' && message.type === 'mutation')).toHaveLength(1);
  await during(() => server.say({ type: 'transition', from: 0, to: 1, changes: [], finished: [{ id: 1, value: 'id-1' }] }));
  expect(text()).toBe('success id-1');
});

test('a failure of mutate shows and goes nowhere else; one of mutateAsync also rejects', async () => {
  const { server, text, show, during } = createStage();
  const add = new Held<MutationResult<Add>>();
  await show(<Adder held={add} />);
  await during(() => add.now.mutate(milk));
  await during(() => server.greet());
  const error = { code: 'function/threw', message: 'It broke.' } as const;
  await during(() => server.say({ type: 'transition', from: 0, to: 1, changes: [], finished: [{ id: 1, error }] }));
  expect(text()).toBe('error It broke.');
  expect(add.now.isError).toBe(true);

  await during(() => add.now.reset());
  expect(text()).toBe('idle');
  let caught: unknown;
  await during(() => {
    add.now.mutateAsync(milk).catch((reason: unknown) => {
      caught = reason;
    });
  });
  await during(() => server.say({ type: 'transition', from: 1, to: 2, changes: [], finished: [{ id: 2, error }] }));
  expect(caught).toMatchObject({ code: 'function/threw' });
});

test('the newest call is the one that is shown', async () => {
  const { server, text, show, during } = createStage();
  const add = new Held<MutationResult<Add>>();
  await show(<Adder held={add} />);
  await during(() => add.now.mutate(milk));
  await during(() => add.now.mutate({ owner: 'ann', text: 'tea' }));
  await during(() => server.greet());
  await during(() => server.say({ type: 'transition', from: 0, to: 1, changes: [], finished: [{ id: 1, value: 'id-1' }] }));
  expect(text()).toBe('pending tea');

  await during(() => server.say({ type: 'transition', from: 1, to: 2, changes: [], finished: [{ id: 2, value: 'id-2' }] }));
  expect(text()).toBe('success id-2');
});

test('the functions stay the same from render to render', async () => {
  const { show, during } = createStage();
  const add = new Held<MutationResult<Add>>();
  await show(<Adder held={add} />);
  const { mutate, mutateAsync } = add.now;
  await during(() => mutate(milk));

  expect(add.now).toMatchObject({ mutate, mutateAsync });
});

test('an optimistic update shows at once and gives way to the truth', async () => {
  const { server, text, show, during } = createStage();
  const add = new Held<CallResult<Add>>();
  const seen: string[] = [];
  const App = (): ReactNode => {
    const list = useQuery(todos.list, { owner: 'ann' });
    const guessing = useMutation(todos.add).withOptimisticUpdate((store, { owner, text }) => {
      store.setQuery(todos.list, { owner }, [...(store.getQuery(todos.list, { owner }) ?? []), text]);
    });
    useEffect(() => add.take(guessing));
    const shown = list.data?.join() ?? '';
    seen.push(shown);
    return shown;
  };
  await show(<App />);
  await during(() => server.greet());
  await during(() => server.say({ type: 'transition', from: 0, to: 1, changes: [{ id: 1, value: ['tea'], hash: 'a' }], finished: [] }));
  await during(() => add.now.mutate(milk));
  expect(text()).toBe('tea,milk');

  const changes = [{ id: 1, value: ['tea', 'MILK'], hash: 'b' }];
  await during(() => server.say({ type: 'transition', from: 1, to: 2, changes, finished: [{ id: 1, value: 'id' }] }));
  expect([...new Set(seen)]).toEqual(['', 'tea', 'tea,milk', 'tea,MILK']);
});

test('an action has the same shape', async () => {
  const { server, text, show, during } = createStage();
  const held = new Held<CallResult<typeof todos.export>>();
  const Exporter = (): ReactNode => {
    const run = useAction(todos.export);
    useEffect(() => held.take(run));
    return `${run.status} ${run.data ?? ''}`;
  };
  await show(<Exporter />);
  await during(() => held.now.mutate());
  await during(() => server.greet());
  expect(text()).toBe('pending ');

  await during(() => server.say({ type: 'action-finished', id: 1, value: 'a,b' }));
  expect(text()).toBe('success a,b');
});
