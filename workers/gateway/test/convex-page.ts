import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { build } from 'esbuild';

/** What the page calls. */
export const pageApp = `
import { defineSchema, defineTable, mutation, paginationOptsValidator, query, v } from './runtime.js';
const notes = {
  list: query({ args: {}, handler: async ({ db }) => (await db.query('notes').withIndex('by_rank').collect()).map(({ rank }) => rank) }),
  pages: query({ args: { paginationOpts: paginationOptsValidator }, handler: async ({ db }, { paginationOpts }) => await db.query('notes').withIndex('by_rank').paginate(paginationOpts) }),
  add: mutation({ args: { rank: v.number() }, handler: async ({ db }, { rank }) => { await db.insert('notes', { rank }); return rank; } }),
  fails: query({ args: {}, handler: async () => { throw new Error('no'); } }),
};
export const modules = { notes };
export const schema = defineSchema({ notes: defineTable({ rank: v.number() }).index('by_rank', ['rank']) });
`;

/** A page made with convex/react and nothing of ours. `window.add(rank)` and `window.more()` do what its buttons would. */
const notesPage = `
import { createElement as h, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { ConvexProvider, ConvexReactClient, useConvexConnectionState, useMutation, usePaginatedQuery, useQuery, optimisticallyUpdateValueInPaginatedQuery } from 'convex/react';
import { anyApi as api } from 'convex/server';

const client = new ConvexReactClient(new URLSearchParams(location.search).get('url'));
window.shown = [];

function Notes() {
  const list = useQuery(api.notes.list, {});
  const { results, status, loadMore } = usePaginatedQuery(api.notes.pages, {}, { initialNumItems: 3 });
  const { isWebSocketConnected, connectionCount } = useConvexConnectionState();
  const add = useMutation(api.notes.add).withOptimisticUpdate((store, { rank }) => {
    const now = store.getQuery(api.notes.list, {});
    if (now !== undefined) store.setQuery(api.notes.list, {}, [...now, rank].sort((a, b) => a - b));
  });
  window.add = (rank) => add({ rank });
  window.more = () => loadMore(3);
  useEffect(() => { if (list !== undefined) window.shown.push(list.join()); });
  return h('div', null,
    h('p', { id: 'list' }, list === undefined ? 'loading' : list.join()),
    h('p', { id: 'pages' }, results.map(({ rank }) => rank).join() + ' ' + status),
    h('p', { id: 'connection' }, isWebSocketConnected + ' ' + connectionCount));
}

createRoot(document.getElementById('root')).render(h(ConvexProvider, { client }, h(Notes)));
`;

/** Serves the page from an origin of its own. */
export async function serveConvexPage(source = notesPage): Promise<{ readonly url: string; readonly close: () => void }> {
  const bundle = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname, loader: 'js' },
    bundle: true,
    write: false,
    format: 'esm',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const script = bundle.outputFiles[0]?.text ?? '';
  const server: Server = createServer((request, response) => {
    if (request.url === '/page.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    const page = '<!doctype html><div id="root"></div><script type="module" src="/page.js"></script>';
    return response.writeHead(200, { 'content-type': 'text/html' }).end(page);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The page has no port.');
  return { url: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}
