/** `setAuth` of Convex's clients, with tokens of a real issuer on this machine. */
import { createTestIssuer, type TestIssuer } from '@betterbase/testing/issuer';
import { ConvexClient, ConvexHttpClient } from 'convex/browser';
import { anyApi, type FunctionReference } from 'convex/server';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import WebSocket from 'ws';
import { identityApp } from './test/identity-app.ts';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';

const { users } = anyApi as unknown as {
  readonly users: {
    readonly me: FunctionReference<'query', 'public', Record<string, never>, string | null>;
    readonly write: FunctionReference<'mutation', 'public', { text: string }, string | null>;
    readonly act: FunctionReference<'action', 'public', Record<string, never>, unknown>;
  };
};

let issuer: TestIssuer;
let platform: LocalPlatform;

beforeAll(async () => {
  issuer = await createTestIssuer();
  platform = await startLocalPlatform({ host: 'loader', vars: { BB_DEV: '1' } });
  await platform.deploy('app', identityApp([issuer.provider]));
});
afterAll(async () => {
  await platform.stop();
  await issuer.stop();
});

/** A client that records who it was told it is. */
function connect(options: { readonly authRefreshTokenLeewaySeconds?: number } = {}) {
  const webSocketConstructor = WebSocket as unknown as typeof globalThis.WebSocket;
  const client = new ConvexClient(`${platform.url}/p/app`, { webSocketConstructor, logger: false, ...options });
  onTestFinished(() => client.close());
  const seen: (string | null)[] = [];
  const changes: boolean[] = [];
  return { client, seen, changes };
}

test('whoever signs in before anything else is never seen as a stranger', async () => {
  const { client, seen, changes } = connect();
  client.setAuth(
    () => issuer.token({ sub: 'ada' }),
    (isAuthenticated) => changes.push(isAuthenticated),
  );
  client.onUpdate(users.me, {}, (me) => seen.push(me));

  await vi.waitFor(() => expect(new Set(changes)).toEqual(new Set([true])), 5_000);
  await vi.waitFor(() => expect(seen.at(-1)).toBe('ada'), 5_000);
  expect(await client.mutation(users.write, { text: 'hi' })).toBe('ada');
  expect(await client.action(users.act, {})).toEqual(['ada', 'ada', 'ada']);
  expect(seen).toEqual(['ada']);
});

test('whoever signs in later sees what is their own from then on, and a stranger’s after signing out', async () => {
  const { client, seen } = connect();
  client.onUpdate(users.me, {}, (me) => seen.push(me));
  await vi.waitFor(() => expect(seen).toEqual([null]), 5_000);
  client.setAuth(() => issuer.token({ sub: 'ben' }));
  await vi.waitFor(() => expect(seen).toEqual([null, 'ben']), 5_000);
  client.client.clearAuth();
  await vi.waitFor(() => expect(seen).toEqual([null, 'ben', null]), 5_000);
});

test('a token is refreshed before it expires, on the same connection', async () => {
  const { client, seen, changes } = connect({ authRefreshTokenLeewaySeconds: 2 });
  const asked: boolean[] = [];
  client.setAuth(
    async ({ forceRefreshToken }) => {
      asked.push(forceRefreshToken);
      return await issuer.token({ sub: 'ada', turn: asked.length }, { expiresIn: 4 });
    },
    (isAuthenticated) => changes.push(isAuthenticated),
  );
  client.onUpdate(users.me, {}, (me) => seen.push(me));

  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(3), 12_000);
  expect(await client.mutation(users.write, { text: 'still here' })).toBe('ada');

  expect(asked.slice(0, 3)).toEqual([false, true, true]);
  expect(changes).not.toContain(false);
  expect(seen).toEqual(['ada']);
  expect(client.connectionState().connectionCount).toBe(1);
}, 20_000);

test('a token that is refused is asked for again, once by force; one that stays bad signs out', async () => {
  const recovering = connect();
  recovering.client.setAuth(
    ({ forceRefreshToken }) => issuer.token({ sub: 'ada' }, { expiresIn: forceRefreshToken ? 3600 : -10 }),
    (isAuthenticated) => recovering.changes.push(isAuthenticated),
  );
  await vi.waitFor(() => expect(new Set(recovering.changes)).toEqual(new Set([true])), 10_000);
  expect(await recovering.client.query(users.me, {})).toBe('ada');

  const hopeless = connect();
  hopeless.client.setAuth(
    async () => await issuer.token({ sub: 'ada', salt: Math.random() }, { audience: 'somebody else' }),
    (isAuthenticated) => hopeless.changes.push(isAuthenticated),
  );
  await vi.waitFor(() => expect(hopeless.changes).toEqual([false]), 20_000);
  expect(await hopeless.client.query(users.me, {})).toBeNull();
}, 40_000);

test('over HTTP a token is shown with each call, and a bad one is refused in Convex’s words', async () => {
  const client = new ConvexHttpClient(`${platform.url}/p/app`, { logger: false });
  expect(await client.query(users.me, {})).toBeNull();
  client.setAuth(await issuer.token({ sub: 'ada' }));
  expect(await client.query(users.me, {})).toBe('ada');
  client.setAuth('nonsense');
  await expect(client.query(users.me, {})).rejects.toThrow(/InvalidAuthHeader/);
});
