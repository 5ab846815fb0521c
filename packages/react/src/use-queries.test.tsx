// @vitest-environment happy-dom
import type { ReactNode } from 'react';
import { expect, test } from 'vitest';
import { createStage } from '../test/render.tsx';
import { todos } from '../test/todos.ts';
import { useQueries } from './index.ts';

function Lists({ owners }: { readonly owners: readonly string[] }): ReactNode {
  const results = useQueries(Object.fromEntries(owners.map((owner) => [owner, { query: todos.list, args: { owner } }])));
  return owners.map((owner) => `${owner}: ${results[owner]?.data?.join() ?? results[owner]?.status}`).join('; ');
}

test('there may be more queries, or fewer, in every render; those that stay keep their data', async () => {
  const { server, platform, text, show, during } = createStage();
  await show(<Lists owners={['ann']} />);
  await during(() => server.greet());
  await during(() => server.say({ type: 'transition', from: 0, to: 1, changes: [{ id: 1, value: ['milk'], hash: 'a' }], finished: [] }));
  server.take();
  await show(<Lists owners={['ann', 'bob']} />);

  expect(text()).toBe('ann: milk; bob: loading');
  expect(server.take()).toMatchObject([{ add: [{ id: 2, args: { owner: 'bob' } }], remove: [] }]);
  await during(() => server.say({ type: 'transition', from: 1, to: 1, changes: [{ id: 2, value: ['tea'], hash: 'b' }], finished: [] }));
  expect(text()).toBe('ann: milk; bob: tea');

  await show(<Lists owners={['bob']} />);
  await during(() => platform.advance(2000));
  expect(text()).toBe('bob: tea');
  expect(server.take()).toMatchObject([{ add: [], remove: [1] }]);
});

test('skipped queries ask nothing', async () => {
  const { server, text, show } = createStage();
  const Skipper = (): ReactNode => {
    const { list, count } = useQueries<{ list: typeof todos.list; count: typeof todos.count }>({
      list: { query: todos.list, args: 'skip' },
      count: 'skip',
    });
    return `${list.status} ${count.status}`;
  };
  await show(<Skipper />);

  expect(text()).toBe('skipped skipped');
  expect(server.sockets).toEqual([]);
});
