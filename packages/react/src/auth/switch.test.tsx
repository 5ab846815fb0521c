// @vitest-environment happy-dom
import { clearAuth, setAuth } from '@betterbase/client/auth';
import { type ReactNode, useEffect } from 'react';
import { expect, test } from 'vitest';
import { createListingStage, numbers } from '../../test/listing.tsx';
import { Held } from '../../test/render.tsx';
import { type PaginatedQueryResult, usePaginatedQuery, useQuery } from '../index.ts';

function List({ held }: { readonly held: Held<PaginatedQueryResult<number>> }): ReactNode {
  const pages = usePaginatedQuery(numbers.list, {}, { initialNumItems: 3 });
  const { data } = useQuery(numbers.count);
  useEffect(() => held.take(pages));
  return `${pages.status}: ${pages.results.join()} of ${data ?? '?'}`;
}

const tokenOf = (user: string): string =>
  ['{}', JSON.stringify({ iss: 'https://issuer.example.com', sub: user }), 'signature'].map((part) => btoa(part)).join('.');

test('pages of one user are not shown to the next, whose own fit together', async () => {
  const { client, text, show, during } = createListingStage([1, 2, 3, 4, 5, 6, 7]);
  await during(() => setAuth(client, () => tokenOf('ada')));
  const held = new Held<PaginatedQueryResult<number>>();
  await show(<List held={held} />);
  await during(() => held.now.loadMore(3));
  // The first page has grown: it ends where it did, and the second begins there.
  await during(() => void client.mutation(numbers.add, { number: 1.5 }));
  expect(text()).toBe('CanLoadMore: 1,1.5,2,3,4,5,6 of 8');

  await during(() => clearAuth(client), 0);
  expect(text()).toBe('LoadingMore:  of ?');
  await during(() => {});
  expect(text()).toBe('CanLoadMore: 1,1.5,2,3,4,5,6 of 8');

  await during(() => setAuth(client, () => tokenOf('eve')));
  await during(() => setAuth(client, () => tokenOf('ada')), 0);
  expect(text()).toBe('LoadingMore:  of ?');
  await during(() => {});
  expect(text()).toBe('CanLoadMore: 1,1.5,2,3,4,5,6 of 8');
});
