/** Users who come and go, on connections that break, with tokens that are refused: at the end everybody is who they are. */
import { type FunctionReference, makeFunctionReference } from '@betterbase/core';
import { forEachSeed, type Seeded } from '@betterbase/testing';
import { FakeClock, FakePlatform, ModelServer } from '@betterbase/testing/fake-server';
import { expect, test } from 'vitest';
import { testToken } from '../../test/tokens.ts';
import { createClient as createPlainClient, isBetterBaseError } from '../index.ts';
import { type AuthClient, withAuth } from './index.ts';

const me: FunctionReference<'query', 'public', Record<never, never>, string | null> = makeFunctionReference('users:me');
const size: FunctionReference<'query', 'public', Record<never, never>, number> = makeFunctionReference('users:size');
const write: FunctionReference<'mutation', 'public', { text: string }, string | null> = makeFunctionReference('users:write');
const users = ['ada', 'bob', null] as const;
type User = (typeof users)[number];

class World {
  readonly clock = new FakeClock();
  readonly random: Seeded;
  readonly server: ModelServer<{ size: number }>;
  readonly refused = new Set<string>();
  tokens = 0;
  readonly people: Person[];

  constructor(random: Seeded) {
    this.random = random;
    this.server = new ModelServer({
      data: { size: 0 },
      queries: { 'users:me': (_data, _args, _journal, user) => user, 'users:size': (data) => data.size },
      mutations: {
        'users:write': (data, _args, _journal, user) => {
          data.size += 1;
          return user;
        },
      },
      userOf: (token) => (this.refused.has(token) ? null : userOf(token)),
      clock: this.clock,
      delay: () => random.below(30),
    });
    this.people = Array.from({ length: 2 }, () => new Person(this));
  }

  async step(): Promise<void> {
    if (this.random.chance(0.05)) this.server.cutAll();
    this.people[this.random.below(this.people.length)]?.act();
    await this.clock.advance(this.random.chance(0.3) ? this.random.below(3_000) : this.random.below(20));
  }
}

class Person {
  readonly platform: FakePlatform;
  readonly client: AuthClient;
  readonly #world: World;
  user: User = null;
  /** Counts how often somebody else came. */
  changes = 0;
  confirmed = 0;

  constructor(world: World) {
    this.#world = world;
    const { clock, random, server } = world;
    this.platform = new FakePlatform({ server, clock, random: () => random.next() });
    this.client = withAuth(createPlainClient({ url: 'https://example.test/p/sim', linger: 100, platform: this.platform }));
    this.client.watch(me, {});
    this.client.watch(size, {});
  }

  act(): void {
    const { random } = this.#world;
    if (random.chance(0.25)) this.become(random.pick(users));
    else this.#write();
  }

  become(user: User): void {
    this.user = user;
    this.changes += 1;
    const { changes } = this;
    if (user === null) {
      this.client.clearAuth();
      return expect([null, undefined]).toContain(this.client.observe(me).current().data);
    }
    this.client.setAuth(
      ({ forceRefreshToken }) => this.#token(user, forceRefreshToken),
      (isAuthenticated) => {
        expect(changes).toBe(this.changes);
        expect(isAuthenticated).toBe(true);
        this.confirmed += 1;
        // Told after the answers: none that is another user's is shown any more.
        expect([user, undefined]).toContain(this.client.observe(me).current().data);
      },
    );
  }

  /** One in five that was not asked for anew is refused. */
  async #token(user: string, isNew: boolean): Promise<string> {
    const { clock, random, refused } = this.#world;
    this.#world.tokens += 1;
    const token = testToken(user, { jti: String(this.#world.tokens) });
    await new Promise<void>((resolve) => void clock.after(random.below(200), resolve));
    if (!isNew && random.chance(0.2)) refused.add(token);
    return token;
  }

  #write(): void {
    const { user, changes } = this;
    this.client.mutation(write, { text: 'x' }).then(
      (by) => {
        if (changes === this.changes) expect(by).toBe(user);
      },
      (error: unknown) => expect(['session/expired', 'auth/session-ended']).toContain(isBetterBaseError(error) && error.code),
    );
  }
}

function userOf(token: string): string {
  const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { readonly sub: string };
  return sub;
}

test('everybody ends as who they are, and nobody is shown what is another’s once they are confirmed, or have left', {
  timeout: 60_000,
}, async () => {
  const seen = { confirmed: 0, refused: 0, connections: 0 };
  await forEachSeed(100, async (random) => {
    const world = new World(random);
    for (let step = 0; step < 80; step += 1) await world.step();
    await world.clock.advance(60_000);

    expect(world.server.faults).toEqual([]);
    for (const { client, user, confirmed, platform } of world.people) {
      expect(client.observe(me).current()).toMatchObject({ status: 'success', data: user });
      expect(client.observe(size).current().data).toBe(world.server.executed.length);
      expect(client.connectionState()).toMatchObject({ phase: 'connected', mutationsInFlight: 0 });
      expect(platform.reports.filter((error) => !isBetterBaseError(error))).toEqual([]);
      seen.confirmed += confirmed;
      seen.connections += client.connectionState().connections;
      client.close();
    }
    seen.refused += world.refused.size;
  });

  expect(seen.confirmed).toBeGreaterThan(1_000);
  expect(seen.refused).toBeGreaterThan(200);
  expect(seen.connections).toBeGreaterThan(500);
});
