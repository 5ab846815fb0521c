/** The real clients of the npm package `convex` against the real platform. */
import { ConvexClient, ConvexHttpClient } from 'convex/browser';
import { anyApi, type FunctionReference } from 'convex/server';
import { ConvexError, type Value } from 'convex/values';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import WebSocket from 'ws';
import { adminKey, type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { testApp } from './test/test-app.ts';

const api = anyApi as unknown as {
  readonly items: {
    readonly list: FunctionReference<'query', 'public', { list: string }, string[]>;
    readonly count: FunctionReference<'query', 'public', Record<string, never>, number>;
    readonly numbers: FunctionReference<'query', 'public', Record<string, Value>, Record<string, Value>>;
    readonly broken: FunctionReference<'query', 'public', Record<string, never>, null>;
    readonly secret: FunctionReference<'query', 'public', Record<string, never>, null>;
    readonly large: FunctionReference<'query', 'public', { length: number }, string>;
    readonly add: FunctionReference<'mutation', 'public', { list: string; text: string }, string>;
    readonly refuse: FunctionReference<'mutation', 'public', Record<string, never>, null>;
    readonly addTwice: FunctionReference<'action', 'public', { list: string }, string>;
  };
};
const { items } = api;

let platform: LocalPlatform;

beforeAll(async () => {
  platform = await startLocalPlatform({ host: 'loader', app: testApp });
  await platform.deploy('app', testApp);
});

afterAll(() => platform.stop());

/** The client's sockets, so that a test can cut them. */
class Sockets {
  readonly open: WebSocket[] = [];

  readonly Constructor = (() => {
    const { open } = this;
    return class extends WebSocket {
      constructor(url: string) {
        super(url);
        open.push(this);
      }
    };
  })() as unknown as typeof globalThis.WebSocket;

  cut(): void {
    for (const socket of this.open) socket.terminate();
    this.open.length = 0;
  }
}

function connect(project = 'app', sockets = new Sockets()): ConvexClient {
  const client = new ConvexClient(`${platform.url}/p/${project}`, { webSocketConstructor: sockets.Constructor, logger: false });
  onTestFinished(() => client.close());
  return client;
}

function overHttp(project = 'app'): ConvexHttpClient {
  return new ConvexHttpClient(`${platform.url}/p/${project}`, { logger: false });
}

/** Resolves when a watched list is this. */
function until(client: ConvexClient, list: string, expected: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = client.onUpdate(
      items.list,
      { list },
      (shown) => {
        if (JSON.stringify(shown) !== JSON.stringify(expected)) return;
        resolve();
        setImmediate(() => stop());
      },
      reject,
    );
  });
}

test('what one client writes, another sees', async () => {
  const [writer, reader] = [connect(), connect()];
  await until(reader, 'two', []);
  const seen = until(reader, 'two', ['a', 'b']);

  await Promise.all(['a', 'b'].map((text) => writer.mutation(items.add, { list: 'two', text })));
  await seen;

  expect(await writer.query(items.list, { list: 'two' })).toEqual(['a', 'b']);
});

test('a mutation resolves when the client’s own queries show it', async () => {
  const client = connect();
  await until(client, 'own', []);
  const shown: string[][] = [];
  client.onUpdate(items.list, { list: 'own' }, (list) => shown.push(list));

  await client.mutation(items.add, { list: 'own', text: 'a' });

  expect(shown.at(-1)).toEqual(['a']);
});

test('values of every kind make the way there and back', async () => {
  for (const float of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, Number.MIN_VALUE]) {
    const args = { big: 2n ** 62n, bytes: new Uint8Array([0, 255]).buffer, float };
    for (const client of [connect(), overHttp()]) expect(await client.query(items.numbers, args)).toEqual(args);
  }
});

test('what an app throws on purpose arrives with its data, and nothing else does', async () => {
  for (const client of [connect(), overHttp()]) {
    const refused = client.mutation(items.refuse, {});
    await expect(refused).rejects.toThrow(ConvexError);
    await expect(refused).rejects.toMatchObject({ data: { reason: 'no' } });
    await expect(client.query(items.broken, {})).rejects.toThrow(/Server Error/);
    await expect(client.query(items.broken, {})).rejects.not.toThrow(/secret detail/);
    await expect(client.query(items.secret, {})).rejects.toThrow(/secret/);
    await expect(client.query(items.list, { list: 1 as unknown as string })).rejects.toThrow(/args\.list/);
  }
});

test('an action calls the app’s other functions', async () => {
  expect(await connect().action(items.addTwice, { list: 'acted' })).toBe('hidden');
  expect(await overHttp().action(items.addTwice, { list: 'acted' })).toBe('hidden');
  expect(await overHttp().query(items.list, { list: 'acted' })).toEqual(['one', 'two', 'one', 'two']);
});

test('mutations over HTTP run in the order in which they were called', async () => {
  const client = overHttp();
  await Promise.all(['a', 'b', 'c'].map((text) => client.mutation(items.add, { list: 'http', text })));

  expect(await client.query(items.list, { list: 'http' })).toEqual(['a', 'b', 'c']);
});

test('several queries over HTTP are as of one version', async () => {
  const client = overHttp();
  const lists = await Promise.all(['one', 'two'].map((list) => client.consistentQuery(items.list, { list: `consistent ${list}` })));
  expect(lists).toEqual([[], []]);
  await client.mutation(items.add, { list: 'consistent one', text: 'late' });

  await expect(client.consistentQuery(items.list, { list: 'consistent one' })).rejects.toThrow(/not there any more/);
});

test('the same calls are there for any HTTP client, by address too', async () => {
  const post = (path: string, body: object, headers = {}) => platform.post(`/p/app/api/${path}`, body, headers);
  expect((await post('run/items/add', { args: { list: 'run', text: 'a' } })).body.status).toBe('success');
  expect((await post('function', { path: 'items:list', args: { list: 'run' } })).body).toMatchObject({ status: 'success', value: ['a'] });
  expect((await post('run/items/secret', { args: {} })).status).toBe(404);

  const refuse = { path: 'items:refuse', args: {} };
  expect((await post('mutation', refuse)).status).toBe(400);
  expect((await post('mutation', refuse, { 'convex-client': 'npm-1.45.0' })).status).toBe(560);
});

test('the admin key calls internal functions, as whomever it likes', async () => {
  const secret = (authorization: string) => platform.post('/p/app/api/query', { path: 'items:secret', args: {} }, { authorization });
  const ann = btoa(JSON.stringify({ subject: 'ann', issuer: 'https://issuer.test' }));

  expect((await secret(`Convex ${adminKey}`)).body.value).toBe('hidden');
  expect((await secret(`Convex ${adminKey}:${ann}`)).body.value).toBe('hidden');
  expect((await secret(`Convex ${adminKey}:${btoa('{}')}`)).status).toBe(401);
  expect((await secret('Convex wrong')).status).toBe(401);
});

test('an answer of many megabytes arrives', async () => {
  const text = await connect().query(items.large, { length: 9_000_000 });
  expect(text.length).toBe(9_000_000);
});

test('whatever breaks, every mutation happens once, in order, and the client shows the end of it', async () => {
  const sockets = new Sockets();
  const client = connect('app', sockets);
  await until(client, 'cut', []);
  const wanted = Array.from({ length: 60 }, (_, n) => String(n));
  const cutting = setInterval(() => sockets.cut(), 40);
  onTestFinished(() => clearInterval(cutting));

  const writing = Promise.all(
    wanted.map(async (text, n) => {
      await new Promise((resolve) => setTimeout(resolve, n * 10));
      await client.mutation(items.add, { list: 'cut', text });
    }),
  );
  setTimeout(() => clearInterval(cutting), 2_000);
  await writing;

  expect(await client.query(items.list, { list: 'cut' })).toEqual(wanted);
  expect(await overHttp().query(items.list, { list: 'cut' })).toEqual(wanted);
});

test('a client waits for a project that is not there yet', async () => {
  const client = connect('later');
  const seen = until(client, 'late', []);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await platform.deploy('later', testApp);

  await seen;
});
