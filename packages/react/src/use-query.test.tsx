// @vitest-environment happy-dom
import type { AnswerChange } from '@betterbase/protocol';
import type { ReactNode } from 'react';
import { expect, test } from 'vitest';
import { createStage } from '../test/render.tsx';
import { todos } from '../test/todos.ts';
import { type QueryResult, useQuery } from './index.ts';

function List({ owner, seen }: { readonly owner: string | null; readonly seen?: QueryResult<string[]>[] }): ReactNode {
  const result = useQuery(todos.list, owner === null ? 'skip' : { owner });
  seen?.push(result);
  return `${result.status}: ${result.data?.join() ?? 'nothing'}${result.isError ? ` (${result.error.message})` : ''}`;
}

function transition(from: number, to: number, ...changes: readonly AnswerChange[]) {
  return { type: 'transition', from, to, changes, finished: [] } as const;
}

test('a component shows loading, then the result, then every newer one', async () => {
  const { server, text, show, during } = createStage();
  await show(<List owner="ann" />);
  expect(text()).toBe('loading: nothing');

  await during(() => server.greet());
  await during(() => server.say(transition(0, 1, { id: 1, value: ['milk'], hash: 'a' })));
  expect(text()).toBe('success: milk');

  await during(() => server.say(transition(1, 2, { id: 1, value: ['milk', 'tea'], hash: 'b' })));
  expect(text()).toBe('success: milk,tea');
});

test('mounting in StrictMode subscribes once, and unmounting for a moment not at all', async () => {
  const { server, show, platform, during } = createStage();
  await show(<List owner="ann" />);
  await during(() => server.greet());
  expect(server.take().filter((message) => message !== 'ping' && message.type === 'watch')).toHaveLength(1);

  await show(null);
  await show(<List owner="ann" />);
  expect(server.take()).toEqual([]);

  await show(null);
  await during(() => platform.advance(2000));
  expect(server.take()).toEqual([{ type: 'watch', add: [], remove: [1] }]);
});

test('data stays while the client reconnects', async () => {
  const { server, platform, text, show, during } = createStage();
  await show(<List owner="ann" />);
  await during(() => server.greet());
  await during(() => server.say(transition(0, 1, { id: 1, value: ['milk'], hash: 'a' })));
  await during(() => server.socket.cut());
  expect(text()).toBe('success: milk');

  await during(() => platform.advance(250));
  await during(() => server.greet('s1', true));
  await during(() => server.say(transition(0, 5, { id: 1, same: true })));
  expect(text()).toBe('success: milk');
});

test('data stays beside an error that follows it', async () => {
  const { server, text, show, during } = createStage();
  await show(<List owner="ann" />);
  await during(() => server.greet());
  await during(() => server.say(transition(0, 1, { id: 1, value: ['milk'], hash: 'a' })));
  await during(() => server.say(transition(1, 2, { id: 1, error: { code: 'function/threw', message: 'It broke.' }, hash: 'b' })));

  expect(text()).toBe('error: milk (It broke.)');
});

test('other arguments are another query: it loads, and the old one is let go', async () => {
  const { server, platform, text, show, during } = createStage();
  await show(<List owner="ann" />);
  await during(() => server.greet());
  await during(() => server.say(transition(0, 1, { id: 1, value: ['milk'], hash: 'a' })));
  server.take();
  await show(<List owner="bob" />);

  expect(text()).toBe('loading: nothing');
  expect(server.take()).toMatchObject([{ type: 'watch', add: [{ id: 2, args: { owner: 'bob' } }], remove: [] }]);
  await during(() => platform.advance(2000));
  expect(server.take()).toMatchObject([{ type: 'watch', add: [], remove: [1] }]);
});

test('a skipped query asks nothing', async () => {
  const { server, text, show } = createStage();
  await show(<List owner={null} />);

  expect(text()).toBe('skipped: nothing');
  expect(server.sockets).toEqual([]);
});

test('the result is the same object until something in it changes', async () => {
  const { server, show, during } = createStage();
  const seen: QueryResult<string[]>[] = [];
  await show(<List owner="ann" seen={seen} />);
  await during(() => server.greet());
  await during(() => server.say(transition(0, 1, { id: 1, value: ['milk'], hash: 'a' })));
  const before = seen.at(-1);
  await show(<List owner="ann" seen={seen} />);

  expect(seen.at(-1)).toBe(before);
});

test('queries that one transition changes are never rendered apart', async () => {
  const { server, show, during } = createStage();
  const seen: string[] = [];
  const Count = ({ list }: { readonly list: string }): ReactNode => {
    const { data } = useQuery(todos.count);
    seen.push(`${list} has ${data}`);
    return null;
  };
  const Both = (): ReactNode => {
    const { data } = useQuery(todos.list, { owner: 'ann' });
    return <Count list={`[${data?.join() ?? ''}]`} />;
  };
  await show(<Both />);
  await during(() => server.greet());
  const both = (version: number, list: string[]) =>
    transition(version - 1, version, { id: 1, value: list.length, hash: `${version}` }, { id: 2, value: list, hash: `${version}` });
  const watched = server.take().flatMap((message) => (message !== 'ping' && message.type === 'watch' ? message.add : []));
  expect(watched.map(({ path }) => path)).toEqual(['todos:count', 'todos:list']);
  await during(() => server.say(both(1, ['milk'])));
  await during(() => server.say(both(2, ['milk', 'tea'])));

  expect([...new Set(seen)]).toEqual(['[] has undefined', '[milk] has 1', '[milk,tea] has 2']);
});

test('outside of a provider the error says what to do', async () => {
  const { renderToString } = await import('react-dom/server');

  expect(() => renderToString(<List owner="ann" />)).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('<BetterBaseReactProvider') }),
  );
});
