// @vitest-environment happy-dom
import { Component, type ReactNode, useEffect } from 'react';
import { expect, test } from 'vitest';
import { createStage, Held } from '../../test/render.tsx';
import { todos } from '../../test/todos.ts';
import {
  type ReactAction,
  type ReactMutation,
  useAction,
  useConvex,
  useConvexConnectionState,
  useMutation,
  useQueries,
  useQuery,
} from './index.ts';

class Boundary extends Component<{ readonly children: ReactNode }, { readonly message: string | null }> {
  override state: { readonly message: string | null } = { message: null };

  static getDerivedStateFromError(error: Error): { readonly message: string } {
    return { message: error.message };
  }

  override render(): ReactNode {
    return this.state.message === null ? this.props.children : `caught: ${this.state.message}`;
  }
}

const transition = { type: 'transition', from: 0, to: 1, changes: [], finished: [] } as const;

test('a query is undefined, then its value', async () => {
  const { server, text, show, during } = createStage();
  const Count = (): ReactNode => String(useQuery(todos.count));
  await show(<Count />);
  expect(text()).toBe('undefined');

  await during(() => server.greet());
  await during(() => server.say({ ...transition, changes: [{ id: 1, value: 3, hash: 'a' }] }));
  expect(text()).toBe('3');
});

test('the error of a query is thrown to the error boundary', async () => {
  const { server, text, show, during } = createStage();
  const Count = (): ReactNode => String(useQuery(todos.count));
  await show(
    <Boundary>
      <Count />
    </Boundary>,
  );
  await during(() => server.greet());
  await during(() =>
    server.say({ ...transition, changes: [{ id: 1, error: { code: 'function/threw', message: 'It broke.' }, hash: 'a' }] }),
  );

  expect(text()).toBe('caught: It broke.');
});

test('a skipped query is undefined', async () => {
  const { server, text, show } = createStage();
  const List = (): ReactNode => String(useQuery(todos.list, 'skip'));
  await show(<List />);

  expect(text()).toBe('undefined');
  expect(server.sockets).toEqual([]);
});

test('several queries are values, errors, or undefined', async () => {
  const { server, text, show, during } = createStage();
  const Several = (): ReactNode => {
    const { list, count, other } = useQueries({
      list: { query: todos.list, args: { owner: 'ann' } },
      count: { query: todos.count, args: {} },
      other: { query: todos.list, args: { owner: 'bob' } },
    });
    return [list instanceof Error ? list.message : list?.join(), count instanceof Error ? count.message : count, String(other)].join(' ');
  };
  await show(<Several />);
  await during(() => server.greet());
  const error = { code: 'function/threw', message: 'Broke.' } as const;
  await during(() =>
    server.say({
      ...transition,
      changes: [
        { id: 1, value: ['milk'], hash: 'a' },
        { id: 2, error, hash: 'b' },
      ],
    }),
  );

  expect(text()).toBe('milk Broke. undefined');
});

test('a mutation is a function, with one optimistic update at most', async () => {
  const { server, text, show, during } = createStage();
  const held = new Held<ReactMutation<typeof todos.add>>();
  const App = (): ReactNode => {
    const add = useMutation(todos.add);
    useEffect(() => held.take(add));
    return String(useQuery(todos.count));
  };
  await show(<App />);
  await during(() => server.greet());
  await during(() => server.say({ ...transition, changes: [{ id: 1, value: 1, hash: 'a' }] }));
  const guessing = held.now.withOptimisticUpdate((store) => store.setQuery(todos.count, {}, (store.getQuery(todos.count) ?? 0) + 1));
  let result: Promise<string> | undefined;
  await during(() => {
    result = guessing({ owner: 'ann', text: 'milk' });
  });
  expect(text()).toBe('2');

  await during(() =>
    server.say({ ...transition, from: 1, to: 2, changes: [{ id: 1, value: 7, hash: 'b' }], finished: [{ id: 1, value: 'id' }] }),
  );
  expect(text()).toBe('7');
  await expect(result).resolves.toBe('id');
  expect(() => guessing.withOptimisticUpdate(() => {})).toThrow('has an optimistic update already');
});

test('an action is a function', async () => {
  const { server, show, during } = createStage();
  const held = new Held<ReactAction<typeof todos.export>>();
  const App = (): ReactNode => {
    const run = useAction(todos.export);
    useEffect(() => held.take(run));
    return null;
  };
  await show(<App />);
  let result: Promise<string> | undefined;
  await during(() => {
    result = held.now();
  });
  await during(() => server.greet());
  await during(() => server.say({ type: 'action-finished', id: 1, value: 'a,b' }));

  await expect(result).resolves.toBe('a,b');
});

test('the connection is told in the words of Convex', async () => {
  const { client, platform, text, show, during } = createStage();
  const App = (): ReactNode => {
    const { isWebSocketConnected, hasInflightRequests, timeOfOldestInflightRequest, inflightMutations } = useConvexConnectionState();
    return [
      isWebSocketConnected,
      hasInflightRequests,
      timeOfOldestInflightRequest?.getTime(),
      inflightMutations,
      useConvex() === client,
    ].join();
  };
  await show(<App />);
  expect(text()).toBe('false,false,,0,true');

  await during(() => void client.mutation(todos.add, { owner: 'ann', text: 'milk' }));
  expect(text()).toBe(`false,true,${platform.now()},1,true`);
});
