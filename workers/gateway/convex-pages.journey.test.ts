/** Pages that grow while others write, guesses of the plain client, and queries made on a server, with the npm package `convex`. */
import { ConvexClient } from 'convex/browser';
import { fetchMutation, fetchQuery, preloadedQueryResult, preloadQuery } from 'convex/nextjs';
import { anyApi, type FunctionReference, type PaginationOptions, type PaginationResult } from 'convex/server';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import WebSocket from 'ws';
import { pageApp } from './test/convex-page.ts';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';

interface Note {
  readonly rank: number;
}

const { notes } = anyApi as unknown as {
  readonly notes: {
    readonly list: FunctionReference<'query', 'public', Record<string, never>, number[]>;
    readonly pages: FunctionReference<'query', 'public', { paginationOpts: PaginationOptions }, PaginationResult<Note>>;
    readonly add: FunctionReference<'mutation', 'public', { rank: number }, number>;
  };
};

interface Shown {
  readonly results: readonly Note[];
  readonly status: string;
  readonly loadMore: (count: number) => boolean;
}

let platform: LocalPlatform;
beforeAll(async () => {
  platform = await startLocalPlatform({ host: 'loader' });
});
afterAll(() => platform.stop());

async function project(name: string): Promise<{ readonly url: string; readonly client: ConvexClient }> {
  await platform.deploy(name, pageApp);
  const url = `${platform.url}/p/${name}`;
  const client = new ConvexClient(url, { webSocketConstructor: WebSocket as unknown as typeof globalThis.WebSocket, logger: false });
  onTestFinished(() => client.close());
  return { url, client };
}

test('pages that are loaded while others insert have everything once, in order, at every moment', async () => {
  const { url, client } = await project('growing');
  for (let rank = 0; rank < 100; rank += 10) await client.mutation(notes.add, { rank });
  const moments: number[][] = [];
  let shown: Shown | null = null;
  // The package types the callback as a page; it is given the pages that have been loaded.
  client.onPaginatedUpdate_experimental(notes.pages, {} as never, { initialNumItems: 3 }, (result) => {
    shown = result as unknown as Shown;
    moments.push(shown.results.map(({ rank }) => rank));
    if (shown.status === 'CanLoadMore') shown.loadMore(2);
  });
  const inserting = (async () => {
    for (const rank of [5, 95, 1, 51, 52, 53, 54, 99, 33, -1]) await fetchMutation(notes.add, { rank }, { url });
  })();
  await inserting;
  const all = await client.query(notes.list, {});

  await vi.waitFor(() => expect(moments.at(-1)).toEqual(all), 10_000);
  expect(all).toHaveLength(20);
  for (const moment of moments) expect(moment).toEqual([...new Set(moment)].sort((one, other) => one - other));
  expect((shown as Shown | null)?.status).toBe('Exhausted');
});

test('the plain client shows a guess at once, and then what is true', async () => {
  const { client } = await project('guessing');
  const seen: string[] = [];
  client.onUpdate(notes.list, {}, (list) => seen.push(list.join()));
  await vi.waitFor(() => expect(seen).toEqual(['']));

  const added = client.mutation(
    notes.add,
    { rank: 1 },
    { optimisticUpdate: (store) => store.setQuery(notes.list, {}, [...(store.getQuery(notes.list, {}) ?? []), 1.5]) },
  );
  await vi.waitFor(() => expect(seen).toContain('1.5'));
  await added;

  expect(seen).toEqual(['', '1.5', '1']);
});

test('what a server renders with is what a client goes on with', async () => {
  const { url, client } = await project('rendering');
  await fetchMutation(notes.add, { rank: 7 }, { url });

  const preloaded = await preloadQuery(notes.list, {}, { url });

  expect(preloadedQueryResult(preloaded)).toEqual([7]);
  expect(await fetchQuery(notes.list, {}, { url })).toEqual(await client.query(notes.list, {}));
});
