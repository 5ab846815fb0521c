// @vitest-environment happy-dom
import type { ReactNode } from 'react';
import { expect, test } from 'vitest';
import { createStage } from '../test/render.tsx';
import { todos } from '../test/todos.ts';
import { type CallResult, type MutationResult, useAction, useMutation, useQuery } from './index.ts';

const milk = { owner: 'ann', text: 'milk' };

/** Shows how the mutation stands, and hands it out. */
function createAdder(): { readonly Adder: () => ReactNode; readonly add: () => MutationResult<typeof todos.add> } {
  let newest: MutationResult<typeof todos.add> | undefined;
  const Adder = (): ReactNode => {
    const add = useMutation(todos.add);
    newest = add;
    return [add.status, add.data, add.error?.message, add.optimisticData?.text].filter(Boolean).join(' ');
  };
  return { Adder, add: () => newest ?? expect.unreachable() };
}

test('a mutation is sent once, in StrictMode too, and its state is shown', async () => {
  const { server, text, show, during } = createStage();
  const { Adder, add } = createAdder();
  await show(<Adder />);
  expect(text()).toBe('idle');

  await during(() => add().mutate(milk));
  expect(text()).toBe('pending milk');
  expect(add().isPending).toBe(true);

  await during(() => server.greet());
  expect(server.take().filter((message) => message !== 'ping' && message.type === 'mutation')).toHaveLength(1);
  await during(() => server.say({ type: 'transition', from: 0, to: 1, changes: [], finished: [{ id: 1, value: 'id-1' }] }));
  expect(text()).toBe('success id-1');
});

test('a failure of mutate shows and goes nowhere else; one of mutateAsync also rejects', async () => {
  const { server, text, show, during } = createStage();
  const { Adder, add } = createAdder();
  await show(<Adder />);
  await during(() => add().mutate(milk));
  await during(() => server.greet());
  const error = { code: 'function/threw', message: 'It broke.' } as const;
  await during(() => server.say({ type: 'transition', from: 0, to: 1, changes: [], finished: [{ id: 1, error }] }));
  expect(text()).toBe('error It broke.');
  expect(add().isError).toBe(true);

  await during(() => add().reset());
  expect(text()).toBe('idle');
  let caught: unknown;
  await during(() => {
    add()
      .mutateAsync(milk)
      .catch((reason: unknown) => {
        caught = reason;
      });
  });
  await during(() => server.say({ type: 'transition', from: 1, to: 2, changes: [], finished: [{ id: 2, error }] }));
  expect(caught).toMatchObject({ code: 'function/threw' });
});

test('the newest call is the one that is shown', async () => {
  const { server, text, show, during } = createStage();
  const { Adder, add } = createAdder();
  await show(<Adder />);
  await during(() => server.sockets);
  await during(() => add().mutate(milk));
  await during(() => add().mutate({ owner: 'ann', text: 'tea' }));
  await during(() => server.greet());
  await during(() => server.say({ type: 'transition', from: 0, to: 1, changes: [], finished: [{ id: 1, value: 'id-1' }] }));
  expect(text()).toBe('pending tea');

  await during(() => server.say({ type: 'transition', from: 1, to: 2, changes: [], finished: [{ id: 2, value: 'id-2' }] }));
  expect(text()).toBe('success id-2');
});

test('the functions stay the same from render to render', async () => {
  const { show, during } = createStage();
  const { Adder, add } = createAdder();
  await show(<Adder />);
  const { mutate, mutateAsync } = add();
  await during(() => mutate(milk));

  expect(add()).toMatchObject({ mutate, mutateAsync });
});

test('an optimistic update shows at once and gives way to the truth', async () => {
  const { server, text, show, during } = createStage();
  let add: Pick<CallResult<typeof todos.add>, 'mutate'> | undefined;
  const seen: string[] = [];
  const App = (): ReactNode => {
    const list = useQuery(todos.list, { owner: 'ann' });
    add = useMutation(todos.add).withOptimisticUpdate((store, { owner, text }) => {
      store.setQuery(todos.list, { owner }, [...(store.getQuery(todos.list, { owner }) ?? []), text]);
    });
    const shown = list.data?.join() ?? '';
    seen.push(shown);
    return shown;
  };
  await show(<App />);
  await during(() => server.greet());
  await during(() => server.say({ type: 'transition', from: 0, to: 1, changes: [{ id: 1, value: ['tea'], hash: 'a' }], finished: [] }));
  await during(() => add?.mutate(milk));
  expect(text()).toBe('tea,milk');

  const changes = [{ id: 1, value: ['tea', 'MILK'], hash: 'b' }];
  await during(() => server.say({ type: 'transition', from: 1, to: 2, changes, finished: [{ id: 1, value: 'id' }] }));
  expect([...new Set(seen)]).toEqual(['', 'tea', 'tea,milk', 'tea,MILK']);
});

test('an action has the same shape', async () => {
  const { server, text, show, during } = createStage();
  let run: CallResult<typeof todos.export> | undefined;
  const Exporter = (): ReactNode => {
    run = useAction(todos.export);
    return `${run.status} ${run.data ?? ''}`;
  };
  await show(<Exporter />);
  await during(() => run?.mutate());
  await during(() => server.greet());
  expect(text()).toBe('pending ');

  await during(() => server.say({ type: 'action-finished', id: 1, value: 'a,b' }));
  expect(text()).toBe('success a,b');
});
