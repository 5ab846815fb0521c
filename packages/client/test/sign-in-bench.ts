import { errorCodes } from '@betterbase/core';
import { expect, onTestFinished } from 'vitest';
import { type AuthClient, withAuth } from '../src/auth/index.ts';
import { createTestClient, type TestClient } from './test-client.ts';
import type { TokenSource } from './tokens.ts';

export interface Bench extends TestClient {
  readonly client: AuthClient;
  /** What the app was told, in order. */
  readonly told: string[];
  signIn(source: TokenSource): void;
}

export function bench(): Bench {
  const test = createTestClient();
  const client = withAuth(test.client);
  onTestFinished(() => client.close());
  const told: string[] = [];
  return {
    ...test,
    client,
    told,
    signIn: (source) =>
      client.setAuth(
        source.fetch,
        (isAuthenticated) => told.push(isAuthenticated ? 'in' : 'out'),
        (isRefreshing) => told.push(isRefreshing ? 'refreshing' : 'refreshed'),
      ),
  };
}

/** A bench whose user the server has confirmed. */
export async function signedIn(source: TokenSource): Promise<Bench> {
  const made = bench();
  made.signIn(source);
  await made.settle();
  made.server.greet();
  made.server.say({ type: 'transition', from: 0, to: 1, changes: [], finished: [], identity: 1 });
  await made.settle();
  expect(made.told.filter((each) => each === 'in')).toHaveLength(1);
  made.told.length = 0;
  made.server.take();
  return made;
}

/** Time passes on a connection that answers pings. Returns what was said meanwhile. */
export async function pass({ server, platform }: Bench, seconds: number): Promise<readonly unknown[]> {
  const said: unknown[] = [];
  for (let second = 0; second < seconds; second += 1) {
    await platform.advance(1_000);
    const heard = server.take();
    if (heard.includes('ping')) server.socket.deliver('pong');
    said.push(...heard.filter((message) => message !== 'ping'));
  }
  return said;
}

export function refuse(
  { server }: Bench,
  code: 'auth/bad-token' | 'auth/token-expired' | 'auth/issuer-unreachable' = 'auth/token-expired',
): void {
  server.say({ type: 'fatal', error: { code, message: 'No.' }, retry: errorCodes[code].retry });
  server.socket.cut();
}
