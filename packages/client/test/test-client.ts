import { FakePlatform, ScriptedServer } from '@betterbase/testing/fake-server';
import { type BetterBaseClient, type ClientOptions, createClient } from '../src/index.ts';

export interface TestClient {
  readonly client: BetterBaseClient;
  readonly server: ScriptedServer;
  readonly platform: FakePlatform;
  /** Lets the client say what it has to say. */
  readonly settle: () => Promise<void>;
}

/** A client whose server says what the test tells it to. */
export function createTestClient(options: Partial<ClientOptions> = {}): TestClient {
  const server = new ScriptedServer();
  const platform = new FakePlatform({ server });
  const client = createClient({ url: 'https://example.test/p/shop', platform, ...options });
  return { client, server, platform, settle: () => platform.advance(0) };
}

/** How a promise stands now. */
export async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  const pending = Symbol('pending');
  const settled = promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  let outcome: unknown = pending;
  void settled.then((result) => {
    outcome = result;
  });
  for (let step = 0; step < 30; step += 1) await Promise.resolve();
  return outcome === pending ? 'pending' : outcome;
}
