import { BetterBaseError } from '@betterbase/core';
import { FakePlatform, ScriptedServer } from '@betterbase/testing/fake-server';
import { expect, test } from 'vitest';
import { todos } from '../../test/todos.ts';
import { type BetterBaseClient, createClient } from '../index.ts';

interface Sent {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

type Answer = (sent: Sent) => Response | Promise<Response>;

const success = (value: unknown): Response => Response.json({ status: 'success', value, logLines: [] });
const lost: Answer = () => Promise.reject(new TypeError('fetch failed'));

/** A client without sockets; the server gives these answers in order, then the last one again and again. */
function createHttpClient(...answers: readonly Answer[]): {
  readonly client: BetterBaseClient;
  readonly sent: Sent[];
  readonly platform: FakePlatform;
} {
  const sent: Sent[] = [];
  const fakeFetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const one = { url: request.url, headers: Object.fromEntries(request.headers), body: await request.json() };
    const answer = answers[Math.min(sent.length, answers.length - 1)] ?? lost;
    sent.push(one);
    return await answer(one);
  };
  const platform = new FakePlatform({ server: null, fetch: fakeFetch });
  const client = createClient({ url: 'https://example.test/p/shop/', key: 'k-1', platform });
  return { client, sent, platform };
}

test('a query is one request, with the key, and its result is decoded', async () => {
  const { client, sent } = createHttpClient(() => success({ $integer: 'KgAAAAAAAAA=' }));

  await expect(client.query('todos:size', { since: 7n })).resolves.toBe(42n);
  expect(sent).toMatchObject([
    {
      url: 'https://example.test/p/shop/api/query',
      headers: { 'content-type': 'application/json', apikey: 'k-1' },
      body: { path: 'todos:size', args: { since: { $integer: 'BwAAAAAAAAA=' } } },
    },
  ]);
});

test('a query goes over HTTP also where there are sockets', async () => {
  const server = new ScriptedServer();
  const platform = new FakePlatform({ server, fetch: () => Promise.resolve(success(3)) });
  const client = createClient({ url: 'https://example.test/p/shop', platform });

  await expect(client.query(todos.count)).resolves.toBe(3);
  expect(server.sockets).toEqual([]);
});

test('a query that cannot reach the server is tried five times', async () => {
  const { client, sent, platform } = createHttpClient(lost);
  const query = client.query(todos.count).catch((error: unknown) => error);
  await platform.advance(20_000);

  expect(await query).toMatchObject({ code: 'connection/lost', hint: 'Is the server running, and the url right?' });
  expect(sent).toHaveLength(5);
});

test('a mutation is repeated under the same key until it is answered', async () => {
  const overloaded: Answer = () => Response.json({ status: 'error', errorMessage: 'Later.', code: 'limit/overloaded' }, { status: 503 });
  const { client, sent, platform } = createHttpClient(lost, overloaded, () => success('id'));
  const mutation = client.mutation(todos.add, { owner: 'ann', text: 'milk' });
  await platform.advance(5_000);

  await expect(mutation).resolves.toBe('id');
  expect(sent.map(({ headers }) => headers['idempotency-key'])).toEqual(['unique-1', 'unique-1', 'unique-1']);
});

test('mutations go out one after the other, also after one that failed', async () => {
  const threw: Answer = () => Response.json({ status: 'error', errorMessage: 'Broke.', code: 'function/threw' }, { status: 500 });
  const { client, sent } = createHttpClient(threw, () => success('second'));
  const first = client.mutation(todos.add, { owner: 'ann', text: '1' });
  const second = client.mutation(todos.add, { owner: 'ann', text: '2' });

  await expect(first).rejects.toMatchObject({ code: 'function/threw', message: 'Broke.' });
  await expect(second).resolves.toBe('second');
  expect(sent.map(({ headers }) => headers['idempotency-key'])).toEqual(['unique-1', 'unique-2']);
});

test('an action is sent once', async () => {
  const { client, sent, platform } = createHttpClient(lost);
  const action = client.action(todos.export).catch((error: unknown) => error);
  await platform.advance(20_000);

  expect(await action).toMatchObject({ code: 'connection/lost', hint: 'It may or may not have happened.' });
  expect(sent).toHaveLength(1);
});

test('app errors carry their data', async () => {
  const { client } = createHttpClient(() =>
    Response.json({ status: 'error', errorMessage: '{"left":0}', errorData: { left: 0 }, code: 'function/app-error' }, { status: 400 }),
  );

  await expect(client.query(todos.count)).rejects.toMatchObject({ name: 'AppError', data: { left: 0 } });
});

test('an answer that is no result says what came, and asks for the url', async () => {
  const { client } = createHttpClient(() => new Response('<h1>404</h1>', { status: 404 }));

  await expect(client.query(todos.count)).rejects.toMatchObject({
    code: 'internal/unexpected',
    message: expect.stringContaining('404 with something that is no result: <h1>404</h1>'),
    hint: expect.stringContaining('https://host/p/my-project'),
  });
});

test('without sockets nothing can be watched, and the error says what to do', () => {
  const { client } = createHttpClient(lost);

  expect(client.watch(todos.count, {}, undefined, () => {}).current()).toMatchObject({
    status: 'error',
    error: { code: 'connection/no-socket' },
  });
});

test.each([['ftp://host/p/x'], ['not a url'], ['']])('%j is no url of a project', (url) => {
  expect(() => createClient({ url })).toThrow(BetterBaseError);
});

test.each([
  [{ url: 'http://localhost:3000/p/shop' }, 'http://localhost:3000/p/shop'],
  [{ url: 'wss://host/p/shop/' }, 'https://host/p/shop'],
  [{ url: 'https://host', projectSlug: 'shop' }, 'https://host/p/shop'],
])('%j is %s', (options, url) => {
  expect(createClient(options).url).toBe(url);
});
