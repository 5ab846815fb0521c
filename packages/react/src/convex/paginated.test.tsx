// @vitest-environment happy-dom
import type { OptimisticStore } from '@betterbase/core';
import { Component, type ReactNode, useEffect } from 'react';
import { expect, test } from 'vitest';
import { createListingStage, numbers } from '../../test/listing.tsx';
import { Held } from '../../test/render.tsx';
import {
  insertAtBottomIfLoaded,
  insertAtPosition,
  insertAtTop,
  optimisticallyUpdateValueInPaginatedQuery,
  resetPaginationId,
  usePaginatedQuery,
  type UsePaginatedQueryResult,
} from './index.ts';

type Result = UsePaginatedQueryResult<number>;

function List({ held, args = {} }: { readonly held: Held<Result>; readonly args?: { readonly sign?: 1 | -1 } | 'skip' }): ReactNode {
  const result = usePaginatedQuery(numbers.list, args, { initialNumItems: 3 });
  useEffect(() => held.take(result));
  return `${result.status}: ${result.results.join()}`;
}

/** What a listing of 10, 20 … 70 with this many pages shows while a mutation with this guess is under way. */
async function guessing(pages: number, guess: (store: OptimisticStore) => void): Promise<string> {
  const { client, show, during } = createListingStage([10, 20, 30, 40, 50, 60, 70]);
  const held = new Held<Result>();
  await show(<List held={held} />);
  for (let page = 1; page < pages; page += 1) await during(() => held.now.loadMore(3));
  await during(() => void client.mutation(numbers.add, { number: 99 }, { optimistic: guess }), 0);
  return held.now.results.join();
}

class Boundary extends Component<{ readonly children: ReactNode }, { readonly message: string | null }> {
  override state: { readonly message: string | null } = { message: null };

  static getDerivedStateFromError(error: Error): { readonly message: string } {
    return { message: error.message };
  }

  override render(): ReactNode {
    return this.state.message === null ? this.props.children : `caught: ${this.state.message}`;
  }
}

test('a listing has the shape that Convex gives it', async () => {
  const { text, show, during } = createListingStage([1, 2, 3, 4]);
  const held = new Held<Result>();
  await show(<List held={held} args="skip" />);
  expect(text()).toBe('LoadingFirstPage: ');
  expect(held.now.isLoading).toBe(true);

  await show(<List held={held} />);
  expect(Object.keys(held.now).sort()).toEqual(['isLoading', 'loadMore', 'results', 'status']);
  expect(text()).toBe('CanLoadMore: 1,2,3');
  await during(() => held.now.loadMore(3));
  expect(text()).toBe('Exhausted: 1,2,3,4');
  expect(held.now.isLoading).toBe(false);
});

test('the error of a page is thrown to the error boundary', async () => {
  const { server, text, show, during } = createListingStage([1, 2, 3, 4]);
  await show(
    <Boundary>
      <List held={new Held<Result>()} />
    </Boundary>,
  );
  await during(() => server.change((data) => void (data.isBroken = true)));

  expect(text()).toBe('caught: The list is broken.');
});

test('each loaded item can be shown as another', async () => {
  const double = (store: OptimisticStore): void => optimisticallyUpdateValueInPaginatedQuery(store, numbers.list, {}, (item) => item * 2);
  expect(await guessing(2, double)).toBe('20,40,60,80,100,120');

  const other = (store: OptimisticStore): void =>
    optimisticallyUpdateValueInPaginatedQuery(store, numbers.list, { sign: 1 }, (item) => item * 2);
  expect(await guessing(2, other)).toBe('10,20,30,40,50,60');
});

test('an item is shown at the top', async () => {
  const insert = (store: OptimisticStore): void => insertAtTop({ paginatedQuery: numbers.list, localQueryStore: store, item: 1 });

  expect(await guessing(2, insert)).toBe('1,10,20,30,40,50,60');
});

test('an item is shown at the bottom once the bottom is loaded', async () => {
  const insert = (store: OptimisticStore): void =>
    insertAtBottomIfLoaded({ paginatedQuery: numbers.list, argsToMatch: {}, localQueryStore: store, item: 99 });

  expect(await guessing(2, insert)).toBe('10,20,30,40,50,60');
  expect(await guessing(3, insert)).toBe('10,20,30,40,50,60,70,99');
});

test('a listing with other arguments is left alone', async () => {
  const insert = (store: OptimisticStore): void =>
    insertAtTop({ paginatedQuery: numbers.list, argsToMatch: { sign: 1 }, localQueryStore: store, item: 1 });

  expect(await guessing(1, insert)).toBe('10,20,30');
});

test.each([
  { pages: 1, item: 5, shown: '5,10,20,30' },
  { pages: 1, item: 25, shown: '10,20,25,30' },
  { pages: 2, item: 35, shown: '10,20,30,35,40,50,60' },
  { pages: 2, item: 45, shown: '10,20,30,40,45,50,60' },
  { pages: 2, item: 65, shown: '10,20,30,40,50,60' },
  { pages: 3, item: 75, shown: '10,20,30,40,50,60,70,75' },
])('with $pages pages loaded, $item is shown at its place or not at all', async ({ pages, item, shown }) => {
  const insert = (store: OptimisticStore): void =>
    insertAtPosition({ paginatedQuery: numbers.list, sortOrder: 'asc', sortKeyFromItem: (each) => [each], localQueryStore: store, item });

  expect(await guessing(pages, insert)).toBe(shown);
});

test('guesses give way to what the server says', async () => {
  const { client, text, show, during } = createListingStage([10, 20, 30]);
  await show(<List held={new Held<Result>()} />);
  const guess = (store: OptimisticStore): void => insertAtTop({ paginatedQuery: numbers.list, localQueryStore: store, item: 15 });
  await during(() => void client.mutation(numbers.add, { number: 15 }, { optimistic: guess }), 0);
  expect(text()).toBe('CanLoadMore: 15,10,20,30');

  await during(() => {});
  expect(text()).toBe('CanLoadMore: 10,15,20,30');
  resetPaginationId();
});
