/** The object with the platform under it: real sockets, real sleep, the real engine as a facet. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { ClientMessage, ServerMessage } from '@betterbase/protocol';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { identityApp } from '../../workers/gateway/test/identity-app.ts';
import { testApp } from '../../workers/gateway/test/test-app.ts';
import type { ProjectDoor } from './project-door.ts';

/** Long enough for subscriptions to reach the disk, which takes a second. */
const settling = 1_300;

class Client {
  readonly #socket: WebSocket;
  readonly #frames: ServerMessage[] = [];
  #wake: () => void = () => {};
  closed: { readonly code: number; readonly reason: string } | null = null;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.accept();
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') this.#frames.push(JSON.parse(data) as ServerMessage);
      this.#wake();
    });
    socket.addEventListener('close', ({ code, reason }) => {
      this.closed = { code, reason };
      this.#wake();
    });
  }

  say(message: ClientMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  async next(): Promise<ServerMessage> {
    while (this.#frames.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const frame = this.#frames.shift();
    if (frame === undefined) throw new Error('No frame.');
    return frame;
  }

  /** Leaves, and returns when the other side has said goodbye too. */
  async leave(): Promise<void> {
    this.#socket.close(1000, 'done');
    while (this.closed === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Said so far, and not read. */
  get unread(): readonly ServerMessage[] {
    return this.#frames;
  }
}

async function deployed(name: string, app = testApp): Promise<DurableObjectStub> {
  const stub: DurableObjectStub = env.PROJECT.getByName(name);
  const result = await doorOf(stub).deploy({ app });
  if (!result.ok) throw new Error(result.error.message);
  return stub;
}

/** The platform's types make of an object's methods what TypeScript cannot follow. */
function doorOf(stub: unknown): ProjectDoor {
  return stub as ProjectDoor;
}

async function connect(stub: DurableObjectStub, session: string | null = null): Promise<Client> {
  const response = await stub.fetch('http://project/realtime', { headers: { upgrade: 'websocket' } });
  if (response.webSocket === null) throw new Error('No socket.');
  const client = new Client(response.webSocket);
  client.say({ type: 'connect', protocol: 1, session, version: 0, client: 'test' });
  return client;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('the object knows its project’s name', async () => {
  const stub = await deployed('named');

  expect(await runInDurableObject(stub, (_, state) => state.id.name)).toBe('named');
});

test('a watcher sleeps and wakes with the object, and hears only of changes', async () => {
  const stub = await deployed('sleeper');
  const client = await connect(stub);
  expect(await client.next()).toMatchObject({ type: 'connected', resumed: false });
  client.say({ type: 'watch', add: [{ id: 1, path: 'items/list', args: { list: 'a' } }], remove: [] });
  expect(await client.next()).toMatchObject({ type: 'transition', from: 0, to: 1, changes: [{ id: 1, value: [] }] });
  await pause(settling);

  await evictDurableObject(stub, { webSockets: 'hibernate' });
  const call = { kind: 'mutation', path: 'items:add', identity: null, reach: 'public', requestId: 'r', idempotencyKey: null } as const;
  await doorOf(stub).call({ ...call, args: '{"list":"b","text":"elsewhere"}' });
  await doorOf(stub).call({ ...call, args: '{"list":"a","text":"here"}' });

  expect(await client.next()).toMatchObject({ type: 'transition', from: 1, to: 2, changes: [{ id: 1, value: ['here'] }] });
  expect(client.unread).toEqual([]);
});

const add = (list: string): Parameters<ProjectDoor['call']>[0] => ({
  kind: 'mutation',
  path: 'items:add',
  args: JSON.stringify({ list, text: 'new' }),
  identity: null,
  reach: 'public',
  requestId: 'r',
  idempotencyKey: null,
});

/** A client that watches these lists, and has been quiet for long enough to sleep. */
async function settledWatcher(stub: DurableObjectStub, lists: readonly string[], quiet = settling): Promise<Client> {
  const client = await connect(stub);
  await client.next();
  client.say({ type: 'watch', add: lists.map((list, n) => ({ id: n + 1, path: 'items:list', args: { list } })), remove: [] });
  for (let told = 0; told < lists.length; ) {
    const message = await client.next();
    if (message.type === 'transition') told += message.changes.length;
  }
  await pause(quiet);
  return client;
}

/** The paths of all queries that ran since the object woke. */
async function queriesRun(stub: DurableObjectStub): Promise<string[]> {
  const text = await new Response(await doorOf(stub).logs(0, false)).text();
  const calls = text.split('\n').filter((line) => line !== '');
  return calls
    .map((line) => JSON.parse(line) as { kind: string; path: string })
    .flatMap(({ kind, path }) => (kind === 'query' ? [path] : []));
}

const lists = Array.from({ length: 40 }, (_, n) => `list ${n}`);

test('waking runs nothing again, and the first commit after sleep what it touches', async () => {
  const stub = await deployed('light-sleeper');
  const clients = [await settledWatcher(stub, lists), await settledWatcher(stub, lists), await settledWatcher(stub, ['other'])];

  await evictDurableObject(stub, { webSockets: 'hibernate' });
  await doorOf(stub).call(add('nobody watches this'));
  expect(await queriesRun(stub)).toEqual([]);

  await doorOf(stub).call(add('list 7'));
  expect(await queriesRun(stub)).toEqual(['items:list']);
  for (const client of clients.slice(0, 2)) expect(await client.next()).toMatchObject({ changes: [{ id: 8, value: ['new'] }] });

  await doorOf(stub).call(add('list 7'));
  for (const client of clients.slice(0, 2)) expect(await client.next()).toMatchObject({ changes: [{ id: 8, value: ['new', 'new'] }] });
  expect(clients.map(({ unread, closed }) => ({ unread, closed }))).toEqual(clients.map(() => ({ unread: [], closed: null })));
});

test('when the engine alone is lost, the next commit runs what it touches and nothing else', async () => {
  const stub = await deployed('engine-lost');
  const client = await settledWatcher(stub, lists);
  const before = (await queriesRun(stub)).length;

  await runInDurableObject(stub, (_, state) => state.facets.abort('engine', new Error('lost')));
  await doorOf(stub).call(add('list 3'));

  expect(await client.next()).toMatchObject({ changes: [{ id: 4, value: ['new'] }] });
  expect((await queriesRun(stub)).length - before).toBe(1);
});

test('what was resting can be let go after sleep, and is not told any more', async () => {
  const stub = await deployed('letting-go');
  const client = await settledWatcher(stub, lists);
  await evictDurableObject(stub, { webSockets: 'hibernate' });

  client.say({ type: 'watch', add: [{ id: 100, path: 'items:list', args: { list: 'late' } }], remove: [1, 2] });
  expect(await client.next()).toMatchObject({ changes: [{ id: 100, value: [] }] });
  await doorOf(stub).call(add('list 0'));
  await doorOf(stub).call(add('list 2'));

  expect(await client.next()).toMatchObject({ changes: [{ id: 3, value: ['new'] }] });
});

/** All that is watched is on the disk. */
async function calm(stub: DurableObjectStub): Promise<void> {
  const isCalm = (): Promise<unknown> =>
    runInDurableObject(stub, (_, state) => state.storage.sql.exec('SELECT calm FROM rest').one()['calm']);
  await expect.poll(isCalm, { timeout: 30_000, interval: 100 }).toBe(1);
}

/** How long the first commit after sleep takes, ms: the middle of five. */
async function firstCommit(name: string, sockets: number, each: number): Promise<number> {
  const stub = await deployed(name);
  const clients: Client[] = [];
  for (let socket = 0; socket < sockets; socket++)
    clients.push(
      await settledWatcher(
        stub,
        Array.from({ length: each }, (_, n) => `list ${socket} ${n}`),
        0,
      ),
    );
  const [first] = clients;
  if (first === undefined) throw new Error('Nobody watches.');
  const taken: number[] = [];
  for (let round = 0; round < 5; round++) {
    await calm(stub);
    await evictDurableObject(stub, { webSockets: 'hibernate' });
    const start = performance.now();
    await doorOf(stub).call(add('list 0 3'));
    expect(await first.next()).toMatchObject({ changes: [{ id: 4 }] });
    taken.push(performance.now() - start);
    expect(await queriesRun(stub)).toEqual(['items:list']);
  }
  return taken.sort((one, other) => one - other)[2] ?? 0;
}

test('waking with 10,000 subscriptions and one touched takes less than three times as long as with 10', { timeout: 240_000 }, async () => {
  const [few, many] = [await firstCommit('few', 2, 5), await firstCommit('many', 20, 500)];

  console.log(`first commit after sleep: ${few.toFixed(1)} ms with 10 subscriptions, ${many.toFixed(1)} ms with 10,000`);
  expect(many).toBeLessThan(3 * few);
});

test('a message wakes the object, and its mutation is answered', async () => {
  const stub = await deployed('woken');
  const client = await connect(stub);
  await client.next();
  await pause(settling);
  await evictDurableObject(stub, { webSockets: 'hibernate' });

  client.say({ type: 'mutation', id: 1, path: 'items:add', args: { list: 'a', text: 'x' } });

  expect(await client.next()).toMatchObject({ type: 'transition', from: 0, to: 1, finished: [{ id: 1, value: expect.any(String) }] });
});

test('sleep does not come before subscriptions are on the disk', async () => {
  const stub = await deployed('hasty');
  const client = await connect(stub);
  await client.next();
  client.say({ type: 'watch', add: [{ id: 1, path: 'items:list', args: { list: 'a' } }], remove: [] });
  await client.next();

  await evictDurableObject(stub, { webSockets: 'hibernate' });
  await doorOf(stub).call({
    kind: 'mutation',
    path: 'items:add',
    args: '{"list":"a","text":"x"}',
    identity: null,
    reach: 'public',
    requestId: 'r',
    idempotencyKey: null,
  });

  expect(await client.next()).toMatchObject({ type: 'transition', from: 1, changes: [{ id: 1, value: ['x'] }] });
  expect(client.closed).toBeNull();
});

// The platform itself drops a socket whose goodbye is not answered after ten seconds.
test('a client that leaves is answered, and its socket is gone', { timeout: 6_000 }, async () => {
  const stub = await deployed('leaving');
  const client = await connect(stub);
  expect(await client.next()).toMatchObject({ type: 'connected' });

  await client.leave();

  await expect.poll(() => runInDurableObject(stub, (_, state) => state.getWebSockets().length)).toBe(0);
});

test('the alarm forgets nothing that is still wanted, and is set again', async () => {
  const stub = await deployed('alarmed');
  const client = await connect(stub);
  const hello = await client.next();
  const session = hello.type === 'connected' ? hello.session : '';

  expect(await runDurableObjectAlarm(stub)).toBe(true);

  expect(await (await connect(stub, session)).next()).toMatchObject({ resumed: true });
  expect(await runInDurableObject(stub, (_, state) => state.storage.getAlarm())).toBeGreaterThan(Date.now());
});

test('a project that nobody deployed gets no storage from being asked for', async () => {
  const stub = env.PROJECT.getByName('nobody');
  const response = await stub.fetch('http://project/realtime', { headers: { upgrade: 'websocket' } });
  if (response.webSocket === null) throw new Error('No socket.');
  const client = new Client(response.webSocket);

  expect(await client.next()).toMatchObject({ type: 'fatal', error: { code: 'project/not-found' } });
  expect(
    await runInDurableObject(stub, (_, state) =>
      state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_%' ESCAPE '\\'").toArray(),
    ),
  ).toEqual([]);
});

test('who a client is survives sleep, until its token expires', async () => {
  const issuer = await signingIssuer();
  const stub = await deployed('signed-in', identityApp([issuer.provider]));
  const [client, expiring] = [await connect(stub), await connect(stub)];
  for (const [each, seconds] of [
    [client, 600],
    [expiring, 3],
  ] as const) {
    expect(await each.next()).toMatchObject({ type: 'connected' });
    each.say({ type: 'authenticate', id: 1, token: await issuer.token('ada', seconds) });
    each.say({ type: 'watch', add: [{ id: 1, path: 'users:notes', args: {} }], remove: [] });
    expect(await each.next()).toMatchObject({ type: 'transition', identity: 1 });
  }
  await pause(3_000);
  await evictDurableObject(stub, { webSockets: 'hibernate' });

  client.say({ type: 'mutation', id: 1, path: 'users:write', args: { text: 'after sleep' } });

  const heard = [await client.next()];
  while (heard.at(-1)?.type !== 'transition' || !JSON.stringify(heard.at(-1)).includes('after sleep')) heard.push(await client.next());
  expect(JSON.stringify(heard)).toContain('"value":["after sleep"]');
  const last = expiring.unread.at(-1) ?? (await expiring.next());
  expect(last).toMatchObject({ type: 'fatal', error: { code: 'auth/token-expired' } });
  expect(JSON.stringify(expiring.unread)).not.toContain('after sleep');
});

/** An issuer whose keys stand in a data: URL. */
async function signingIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] };
  const jwks = `data:application/json,${encodeURIComponent(JSON.stringify(keys))}`;
  const provider = { type: 'customJwt', issuer: 'tests', jwks, algorithm: 'ES256' } as const;
  const token = (sub: string, seconds: number): Promise<string> =>
    new SignJWT({ sub, iss: 'tests', exp: Math.floor(Date.now() / 1_000) + seconds })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(privateKey);
  return { provider, token };
}

test('a Convex client sleeps and wakes with the object, and hears of changes', async () => {
  const stub = await deployed('convex');
  const { webSocket } = await stub.fetch('http://project/p/convex/api/1.45.0/sync', { headers: { upgrade: 'websocket' } });
  if (webSocket === null) throw new Error('No socket.');
  const client = new Client(webSocket);
  const say = (message: object): void => webSocket.send(JSON.stringify(message));
  say({ type: 'Connect', sessionId: crypto.randomUUID(), connectionCount: 0, lastCloseReason: null, clientTs: Date.now() });
  say({
    type: 'ModifyQuerySet',
    baseVersion: 0,
    newVersion: 1,
    modifications: [{ type: 'Add', queryId: 0, udfPath: 'items:list', args: [{ list: 'a' }] }],
  });
  expect(await client.next()).toMatchObject({ type: 'Transition', modifications: [{ value: [] }] });
  await pause(settling);

  await evictDurableObject(stub, { webSockets: 'hibernate' });
  expect(await runDurableObjectAlarm(stub)).toBe(true);
  const call = {
    kind: 'mutation',
    path: 'items:add',
    args: '{"list":"a","text":"one"}',
    identity: null,
    reach: 'public',
    requestId: 'r',
    idempotencyKey: null,
  } as const;
  expect((await doorOf(stub).call(call)).ok).toBe(true);

  expect(await client.next()).toMatchObject({ type: 'Transition', startVersion: { querySet: 1 }, modifications: [{ value: ['one'] }] });
});
