import { createHash } from 'node:crypto';
import type { AuthProvider } from '@betterbase/core';
import { expect, test } from 'vitest';
import type { Verified } from './token-verifier.ts';
import { VerifiedTokens } from './verified-tokens.ts';

const someProviders = (): readonly AuthProvider[] => [{ domain: 'https://issuer.example.com', applicationID: 'app' }];

/** A checker that accepts `<name> <expiry>`. */
class Bench {
  readonly checked: string[] = [];
  now = 0;
  providers = someProviders();
  gate = Promise.resolve();
  fails = false;
  readonly tokens = new VerifiedTokens({
    providers: () => this.providers,
    digest: async (text) => createHash('sha256').update(text).digest('hex'),
    now: () => this.now,
    check: (token) => this.#check(token),
  });

  async #check(token: string): Promise<Verified> {
    this.checked.push(token);
    await this.gate;
    if (this.fails) throw new Error('The checker is gone.');
    const [subject = '', expiresAt] = token.split(' ');
    if (expiresAt === undefined) return { ok: false, error: { code: 'auth/bad-token', message: 'No.' } };
    return { ok: true, identity: { tokenIdentifier: `i|${subject}`, subject, issuer: 'i' }, expiresAt: Number(expiresAt) };
  }
}

test('a token is checked once, until it expires', async () => {
  const world = new Bench();
  for (let call = 0; call < 3; call += 1) expect(await world.tokens.verify('ada 100')).toMatchObject({ identity: { subject: 'ada' } });
  expect(world.checked).toEqual(['ada 100']);
  world.now = 100;
  await world.tokens.verify('ada 100');
  expect(world.checked).toHaveLength(2);
});

test('calls that bring a token at the same time wait for one check', async () => {
  const world = new Bench();
  const { promise, resolve } = Promise.withResolvers<void>();
  world.gate = promise;
  const calls = [world.tokens.verify('ada 100'), world.tokens.verify('ada 100')];
  resolve();
  expect(await Promise.all(calls)).toMatchObject([{ ok: true }, { ok: true }]);
  expect(world.checked).toHaveLength(1);
});

test('what was refused is checked again', async () => {
  const world = new Bench();
  for (let call = 0; call < 2; call += 1) expect(await world.tokens.verify('forged')).toMatchObject({ ok: false });
  expect(world.checked).toHaveLength(2);
});

test('other providers, other answers: also for a check that was under way', async () => {
  const world = new Bench();
  await world.tokens.verify('ada 100');
  const { promise, resolve } = Promise.withResolvers<void>();
  world.gate = promise;
  const early = world.tokens.verify('bob 100');
  await new Promise((done) => setTimeout(done));
  world.providers = someProviders();
  const late = world.tokens.verify('bob 100');
  resolve();
  await Promise.all([early, late, world.tokens.verify('ada 100')]);
  expect(world.checked).toEqual(['ada 100', 'bob 100', 'bob 100', 'ada 100']);
});

test('an app without providers asks nobody', async () => {
  const world = new Bench();
  world.providers = [];
  expect(await world.tokens.verify('ada 100')).toMatchObject({ error: { code: 'auth/unknown-issuer' } });
  expect(world.checked).toEqual([]);
});

test('a checker that is not there is a fault of ours, not of the token', async () => {
  const world = new Bench();
  world.fails = true;
  expect(await world.tokens.verify('ada 100')).toMatchObject({ ok: false, error: { code: 'internal/unexpected' } });
  world.fails = false;
  expect(await world.tokens.verify('ada 100')).toMatchObject({ ok: true });
});
