import { expect, test } from 'vitest';
import { type BetterBaseConfig, defineConfig } from './config.ts';
import { sendProvider } from './send-provider.ts';
import { providerValueNames } from './provider-manifest.ts';

const sent = (provider: NonNullable<BetterBaseConfig['provider']>) =>
  sendProvider(defineConfig({ project: { name: 'chat' }, provider }).provider);

test('a provider is sent with the names of its values', () => {
  const turso = sent({ type: 'turso', url: { env: 'TURSO_URL' }, authToken: { env: 'TURSO_AUTH_TOKEN' } });

  expect(turso).toEqual({ type: 'turso', url: { env: 'TURSO_URL' }, authToken: { env: 'TURSO_AUTH_TOKEN' } });
  expect(providerValueNames(turso)).toEqual(['TURSO_URL', 'TURSO_AUTH_TOKEN']);
});

test('an address without a secret may be written out', () => {
  const turso = sent({ type: 'turso', url: 'libsql://chat.turso.io', authToken: { env: 'TOKEN' } });

  expect(turso).toEqual({ type: 'turso', url: 'libsql://chat.turso.io', authToken: { env: 'TOKEN' } });
  expect(providerValueNames(turso)).toEqual(['TOKEN']);
});

test('the database of a project has a binding of its own name', () => {
  expect(sent({ type: 'd1' })).toEqual({ type: 'd1', binding: 'APP_DB' });
  expect(providerValueNames(sent({ type: 'd1' }))).toEqual([]);
});

test('a Hyperdrive is named, and holds no value of the project', () => {
  const supabase = sent({ type: 'supabase', binding: 'HYPERDRIVE' });

  expect(supabase).toEqual({ type: 'supabase', binding: 'HYPERDRIVE' });
  expect(providerValueNames(supabase)).toEqual([]);
});

test.each<[string, NonNullable<BetterBaseConfig['provider']>]>([
  ['authToken', { type: 'turso', url: 'libsql://chat.turso.io', authToken: 'secret-token' }],
  ['url', { type: 'turso', url: 'libsql://chat.turso.io?authToken=secret-token', authToken: { env: 'TOKEN' } }],
  ['url', { type: 'turso', url: 'https://me:secret-token@chat.turso.io', authToken: { env: 'TOKEN' } }],
  ['connectionString', { type: 'neon', connectionString: 'postgres://me:secret-token@ep.neon.tech/db' }],
  ['connectionString', { type: 'supabase', connectionString: 'postgres://me:secret-token@db.supabase.co/db' }],
])('a secret in %s is not sent, nor repeated', (setting, provider) => {
  const refusal = (() => {
    try {
      return sent(provider);
    } catch (thrown) {
      return thrown;
    }
  })();

  expect(refusal).toMatchObject({
    code: 'config/invalid',
    message: expect.stringContaining(`provider.${setting} holds a secret`),
    hint: expect.stringContaining(`${setting}: { env: '`),
  });
  expect(JSON.stringify(refusal)).not.toContain('secret-token');
});
