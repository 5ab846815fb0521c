/** The real client against the real platform. */
import { type FunctionReference, makeFunctionReference } from '@betterbase/core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { testApp } from './test/test-app.ts';
import { type BetterBaseClient, createClient, type OptimisticUpdate } from '@betterbase/client';

const items: {
  readonly list: FunctionReference<'query', 'public', { list: string }, string[]>;
  readonly add: FunctionReference<'mutation', 'public', { list: string; text: string }, string>;
  readonly refuse: FunctionReference<'mutation', 'public', Record<never, never>, null>;
  readonly numbers: FunctionReference<
    'query',
    'public',
    { big: bigint; bytes: ArrayBuffer; float: number },
    { big: bigint; bytes: ArrayBuffer; float: number }
  >;
  readonly addTwice: FunctionReference<'action', 'public', { list: string }, string>;
} = {
  list: makeFunctionReference('items:list'),
  add: makeFunctionReference('items:add'),
  refuse: makeFunctionReference('items:refuse'),
  numbers: makeFunctionReference('items:numbers'),
  addTwice: makeFunctionReference('items:addTwice'),
};

const append: OptimisticUpdate<typeof items.add> = (store, { list, text }) => {
  store.setQuery(items.list, { list }, [...(store.getQuery(items.list, { list }) ?? []), text]);
};

let platform: LocalPlatform;

beforeAll(async () => {
  platform = await startLocalPlatform({ host: 'loader', app: testApp });
  await platform.deploy('app', testApp);
});

afterAll(() => platform.stop());

function connect(project = 'app'): BetterBaseClient {
  const client = createClient({ url: `${platform.url}/p/${project}` });
  onTestFinished(() => client.close());
  return client;
}

/** Resolves when a watched list is this. */
function until(client: BetterBaseClient, list: string, expected: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    client.watch(items.list, { list }, (shown) => {
      if (JSON.stringify(shown) === JSON.stringify(expected)) resolve();
    });
  });
}

test('what one client writes, another sees; guesses come first and once', async () => {
  const [writer, reader] = [connect(), connect()];
  const shown: unknown[] = [];
  writer.watch(items.list, { list: 'two' }, (list) => shown.push(list));
  await until(writer, 'two', []);
  const seen = until(reader, 'two', ['a', 'b']);

  await Promise.all(['a', 'b'].map((text) => writer.mutation(items.add, { list: 'two', text }, { optimistic: append })));
  await seen;

  expect(shown[0]).toEqual([]);
  expect(shown[1]).toEqual(['a']);
  expect(shown.at(-1)).toEqual(['a', 'b']);
  for (const list of shown) expect([[], ['a'], ['a', 'b']]).toContainEqual(list);
});

test('values of every kind come back as they went', async () => {
  const client = connect();
  const args = { big: -(2n ** 63n), bytes: Uint8Array.from([0, 255, 7]).buffer, float: -0 };

  expect(await client.query(items.numbers, args)).toEqual(args);
});

test('errors of the app carry their data, and take the guess back', async () => {
  const client = connect();

  await expect(client.mutation(items.refuse)).rejects.toMatchObject({ name: 'AppError', data: { reason: 'no' } });
  await expect(client.query('items:secret')).rejects.toMatchObject({ code: 'function/not-found' });
  await expect(client.mutation('items:add', { list: 5 })).rejects.toMatchObject({ code: 'arguments/invalid' });
});

test('an action writes what watchers see', async () => {
  const client = connect();
  const seen = until(client, 'action', ['one', 'two']);

  await expect(client.action(items.addTwice, { list: 'action' })).resolves.toBe('hidden');
  await seen;
});

test('a thousand mutations called at once happen once each, in order', async () => {
  const client = connect();
  const texts = Array.from({ length: 1200 }, (_, index) => String(index));

  await Promise.all(texts.map((text) => client.mutation(items.add, { list: 'many', text })));

  expect(await client.query(items.list, { list: 'many' })).toEqual(texts);
});

test('a deployment in between is not noticed', async () => {
  const client = connect();
  await until(client, 'deploy', []);
  await platform.deploy('app', `${testApp}// again`);
  const seen = until(client, 'deploy', ['a']);
  await client.mutation(items.add, { list: 'deploy', text: 'a' });
  await seen;
});

test('a page that was opened before the first deployment needs no reload when it comes', async () => {
  const client = connect('late');
  const seen = until(client, 'late', []);
  await expect.poll(() => client.connectionState().retries).toBeGreaterThan(0);

  await platform.deploy('late', testApp);

  await seen;
  expect(client.connectionState()).toMatchObject({ phase: 'connected', error: null });
});
