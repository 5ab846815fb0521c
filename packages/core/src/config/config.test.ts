import { describe, expect, test } from 'vitest';
import { assertConfig, type BetterBaseConfig, defineConfig, parseConfig, validateConfig } from './config.ts';

const project = { name: 'chat' };

describe('a configuration', () => {
  test('needs a name; everything else has a default', () => {
    expect(defineConfig({ project })).toEqual({
      project,
      provider: { type: 'embedded' },
      webhooks: [],
      graphql: { enabled: true },
      vector: { enabled: false, provider: 'openai' },
      autoRest: { enabled: true, excludeTables: [], tables: {} },
      branching: { enabled: true, maxPreviews: 10, defaultSleepTimeout: 3600, storageEnabled: true },
      rls: { enabled: true, auditLog: false },
    });
  });

  test('keeps what it says', () => {
    const config = {
      project,
      provider: { type: 'turso', url: 'libsql://x', authToken: 't' },
      storage: {
        provider: 's3',
        bucket: 'b',
        region: 'r',
        accessKeyId: 'a',
        secretAccessKey: 's',
        policies: [{ bucket: 'b', operation: '*', expression: 'true' }],
      },
      webhooks: [{ id: 'w', table: 't', events: ['INSERT'], url: 'process.env.HOOK', secret: 'process.env.SECRET', enabled: false }],
      graphql: { enabled: false },
      vector: { enabled: true, provider: 'cohere', apiKey: 'k', model: 'm', dimensions: 1024, endpoint: 'https://e' },
      autoRest: { enabled: false, excludeTables: ['a'], tables: { b: { advancedFilters: true, maxLimit: 5 } } },
      branching: { enabled: false, maxPreviews: 50, defaultSleepTimeout: 60, storageEnabled: false },
      rls: { enabled: false, auditLog: 'all' },
    } satisfies BetterBaseConfig;

    expect(defineConfig(config)).toEqual(config);
  });

  test('with its defaults filled in is a configuration', () => {
    const once = defineConfig({ project, webhooks: [{ id: 'w', table: 't', events: ['DELETE'], url: 'https://x', secret: 's' }] });

    expect(defineConfig(once)).toEqual(once);
  });

  test.each([
    [{ type: 'embedded' }],
    [{ type: 'd1', binding: 'DATA' }],
    [{ type: 'turso', url: 'u', authToken: 't' }],
    [{ type: 'turso', url: { env: 'TURSO_URL' }, authToken: { env: 'TURSO_AUTH_TOKEN' } }],
    [{ type: 'neon', connectionString: { env: 'DATABASE_URL' } }],
    [{ type: 'neon', connectionString: 'c' }],
    [{ type: 'postgres', connectionString: 'c' }],
    [{ type: 'supabase', connectionString: 'c' }],
    [{ type: 'postgres', binding: 'HYPERDRIVE' }],
    [{ type: 'supabase', binding: 'HYPERDRIVE' }],
  ])('may have provider %j', (provider) => {
    expect(parseConfig({ project, provider })).toMatchObject({ success: true, data: { provider } });
  });
});

describe('a wrong configuration', () => {
  test.each<[object | number, string]>([
    [{}, 'project: Project name is required'],
    [{ project: { name: '' } }, 'project.name: Project name is required'],
    [{ project: {} }, 'project.name: Project name is required'],
    [{ project, rls: { enabled: 'false' } }, 'rls.enabled: is true or false: whether asUser() asks the policies'],
    [{ project, rls: { auditLog: 'reads' } }, "rls.auditLog: is true (refused writes), 'all' (and refused reads by id) or false"],
    [
      { project, provider: { type: 'planetscale', connectionString: 'c' } },
      'provider.type: planetscale (MySQL) is not supported; use neon or turso for a hosted database, or embedded for none to host',
    ],
    [
      { project, provider: { type: 'managed' } },
      'provider.type: there is no managed database to sign up for; use embedded, which needs no account but Cloudflare’s',
    ],
    [
      { project, provider: { type: 'mongodb' } },
      'provider.type: "mongodb" is not known; use one of embedded, d1, turso, neon, postgres, supabase',
    ],
    [{ project, provider: {} }, 'provider.type: type is missing; use one of embedded, d1, turso, neon, postgres, supabase'],
    [
      { project, provider: { type: 'neon', connectionString: undefined } },
      "provider.connectionString: connectionString is missing; name an environment value: { env: 'NAME' }",
    ],
    [
      { project, provider: { type: 'neon', connectionString: { env: 'not-a-name' } } },
      "provider.connectionString: connectionString must be a text or { env: 'NAME' } with the name of an environment value",
    ],
    [
      { project, provider: { type: 'd1', binding: 'DB' } },
      'provider.binding: DB is the platform’s own database; bind one for this project in wrangler.toml and name that',
    ],
    [
      { project, provider: { type: 'postgres', connectionString: '' } },
      "provider.connectionString: connectionString is missing; name an environment value: { env: 'NAME' }",
    ],
    [
      { project, provider: { type: 'postgres', connectionString: { env: 'A' }, binding: 'B' } },
      "provider: postgres wants one of binding, the name of a Hyperdrive in wrangler.toml, and connectionString: { env: 'NAME' }",
    ],
    [
      { project, provider: { type: 'supabase' } },
      "provider: supabase wants one of binding, the name of a Hyperdrive in wrangler.toml, and connectionString: { env: 'NAME' }",
    ],
    [
      { project, storage: { provider: 'managed', bucket: 'b' } },
      'storage.provider: there is no managed storage; use r2, which every Cloudflare account has',
    ],
    [{ project, branching: { maxPreviews: 51 } }, 'branching.maxPreviews: Too big: expected number to be <=50'],
    [{ project, grahpql: {} }, 'grahpql: is not a setting; is it misspelled?'],
    [{ project, graphql: { enable: true } }, 'graphql.enable: is not a setting; is it misspelled?'],
    [5, 'config: expected an object, as defineConfig takes it'],
  ])('%j', (config, problem) => {
    expect(messageOf(config)).toBe(`Invalid BetterBase configuration: ${problem}`);
  });

  test('names all of its problems at once', () => {
    const config = {
      project: { name: '' },
      provider: { type: 'turso' },
      webhooks: [{ id: 'a', table: 't', events: [], url: 'hook', secret: undefined }],
      more: 1,
    };

    const parsed = parseConfig(config);

    expect(parsed).toMatchObject({
      success: false,
      error: {
        code: 'config/invalid',
        details: [
          'project.name',
          'provider.url',
          'provider.authToken',
          'webhooks[0].events',
          'webhooks[0].url',
          'webhooks[0].secret',
          'more',
        ].map((path) => ({ path })),
      },
    });
  });

  test('is refused by every door', () => {
    const wrong: unknown = { project: { name: '' } };

    expect(validateConfig(wrong)).toBe(false);
    expect(validateConfig({ project })).toBe(true);
    expect(() => assertConfig(wrong)).toThrow(expect.objectContaining({ code: 'config/invalid' }));
    expect(() => defineConfig(wrong as BetterBaseConfig)).toThrow(
      'Invalid BetterBase configuration: project.name: Project name is required',
    );
  });
});

function messageOf(config: unknown): string | null {
  const parsed = parseConfig(config);
  return parsed.success ? null : parsed.error.message;
}
