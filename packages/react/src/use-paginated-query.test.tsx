// @vitest-environment happy-dom
import { type ReactNode, useEffect } from 'react';
import { expect, test } from 'vitest';
import { createListingStage, numbers } from '../test/listing.tsx';
import { Held } from '../test/render.tsx';
import { type PaginatedQueryResult, usePaginatedQuery } from './index.ts';

type Result = PaginatedQueryResult<number>;
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

function List({ held, args = {} }: { readonly held: Held<Result>; readonly args?: { readonly sign?: 1 | -1 } | 'skip' }): ReactNode {
  const result = usePaginatedQuery(numbers.list, args, { initialNumItems: 3 });
  useEffect(() => held.take(result));
  return `${result.status}: ${result.results.join()}`;
}

test('pages follow each other to the end', async () => {
  const { text, show, during } = createListingStage(range(1, 7));
  const held = new Held<Result>();
  await show(<List held={held} />);
  expect(text()).toBe('CanLoadMore: 1,2,3');

  await during(() => held.now.loadMore(2));
  expect(text()).toBe('CanLoadMore: 1,2,3,4,5');
  expect(held.now).toMatchObject({ pageSize: 3, isLoading: false, isDone: false, isError: false, error: null });

  await during(() => held.now.loadMore());
  expect(text()).toBe('Exhausted: 1,2,3,4,5,6,7');
  expect(held.now.isDone).toBe(true);
});

test('what was loaded stays in sight while more is loading, and asking twice asks once', async () => {
  const { text, show, during } = createListingStage(range(1, 9));
  const held = new Held<Result>();
  await show(<List held={held} />);
  const { loadMore } = held.now;
  await during(() => {
    loadMore(3);
    loadMore(3);
  }, 0);
  expect(text()).toBe('LoadingMore: 1,2,3');
  await during(() => held.now.loadMore(3));
  await during(() => loadMore(3));

  expect(text()).toBe('CanLoadMore: 1,2,3,4,5,6');
});

test('what comes and goes is seen at its place, in whichever page', async () => {
  const { server, text, show, during } = createListingStage(range(1, 9));
  const held = new Held<Result>();
  await show(<List held={held} />);
  await during(() => held.now.loadMore(3));

  await during(() => server.change((data) => data.numbers.push(1.5, 3, 3.5)));
  await during(() => server.change((data) => data.numbers.splice(data.numbers.indexOf(5), 1)));

  expect(text()).toBe('CanLoadMore: 1,1.5,2,3,3,3.5,4,6');
});

test('a page that has grown is split, and nothing blinks meanwhile', async () => {
  const { server, text, show, during, client } = createListingStage(range(1, 9));
  const held = new Held<Result>();
  const seen: string[] = [];
  const Seen = (): ReactNode => {
    const { results } = usePaginatedQuery(numbers.list, {}, { initialNumItems: 3 });
    useEffect(() => void seen.push(results.join()));
    return null;
  };
  await show([<List key="list" held={held} />, <Seen key="seen" />]);
  seen.length = 0;
  const more = [1.1, 1.2, 1.3, 1.4];
  await during(() => server.change((data) => data.numbers.push(...more)));
  await during(() => {});

  expect(text()).toBe('CanLoadMore: 1,1.1,1.2,1.3,1.4,2,3');
  expect([...new Set(seen)]).toEqual(['1,1.1,1.2,1.3,1.4,2,3']);
  const half = client.observe(numbers.list, { paginationOpts: { numItems: 3, cursor: null, endCursor: '0:1.2' } });
  expect(half.current().data?.page).toEqual([1, 1.1, 1.2]);

  await during(() => server.change((data) => data.numbers.push(1.25)));
  await during(() => held.now.loadMore(2));
  expect(text()).toBe('CanLoadMore: 1,1.1,1.2,1.25,1.3,1.4,2,3,4,5');
});

test('after the connection was lost pages have the ends they had', async () => {
  const { server, text, show, during, platform } = createListingStage(range(1, 9));
  const held = new Held<Result>();
  await show(<List held={held} />);
  await during(() => held.now.loadMore(3));
  await during(() => {
    server.cutAll();
    server.change((data) => data.numbers.push(1.5, 3.5));
  });
  await during(() => platform.advance(1000));

  expect(text()).toBe('CanLoadMore: 1,1.5,2,3,3.5,4,5,6');
});

test('a cursor that is none any more starts the listing over', async () => {
  const { server, text, show, during } = createListingStage(range(1, 9));
  const held = new Held<Result>();
  await show(<List held={held} />);
  await during(() => held.now.loadMore(3));
  await during(() => server.change((data) => void (data.shift = 1)));

  expect(text()).toBe('CanLoadMore: 1,2,3');
  await during(() => held.now.loadMore(3));
  expect(text()).toBe('CanLoadMore: 1,2,3,4,5,6');
});

test('other arguments are another listing, and start at its first page', async () => {
  const { text, show, during } = createListingStage(range(-9, 9));
  const held = new Held<Result>();
  await show(<List held={held} args={{ sign: 1 }} />);
  await during(() => held.now.loadMore(3));
  await show(<List held={held} args={{ sign: -1 }} />);

  expect(text()).toBe('CanLoadMore: -9,-8,-7');
});

test('a skipped listing asks nothing, and loads when it is not skipped any more', async () => {
  const { text, show, client } = createListingStage(range(1, 9));
  const held = new Held<Result>();
  await show(<List held={held} args="skip" />);
  expect(text()).toBe('Skipped: ');
  expect(client.connectionState().phase).toBe('idle');

  await show(<List held={held} />);
  expect(text()).toBe('CanLoadMore: 1,2,3');
});

test('results stay beside an error', async () => {
  const { server, text, show, during } = createListingStage(range(1, 9));
  const held = new Held<Result>();
  await show(<List held={held} />);
  await during(() => server.change((data) => void (data.isBroken = true)));
  expect(text()).toBe('Error: 1,2,3');
  expect(held.now).toMatchObject({ isError: true, error: { code: 'function/threw' } });

  await during(() => server.change((data) => void (data.isBroken = false)));
  expect(text()).toBe('CanLoadMore: 1,2,3');
});

test('a function that returns the end as `cursor` is read the same', async () => {
  const { text, show, during } = createListingStage(range(1, 5));
  const held = new Held<Result>();
  const Plain = (): ReactNode => {
    const result = usePaginatedQuery(numbers.plain, {}, { initialNumItems: 2 });
    useEffect(() => held.take(result));
    return `${result.status}: ${result.results.join()}`;
  };
  await show(<Plain />);
  await during(() => held.now.loadMore());
  await during(() => held.now.loadMore());

  expect(text()).toBe('Exhausted: 1,2,3,4,5');
});

test('a query that returns no pages is told so', async () => {
  const { show } = createListingStage([1]);
  const held = new Held<Result>();
  const Wrong = (): ReactNode => {
    // @ts-expect-error: a number is no page
    const result = usePaginatedQuery(numbers.count, {}, {});
    useEffect(() => held.take(result));
    return null;
  };
  await show(<Wrong />);

  expect(held.now).toMatchObject({ status: 'Error', results: [], error: { code: 'query/bad-page' } });
});
