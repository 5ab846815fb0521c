/** Where documents rest, as the author of an app asks about it. The platform is the real one, in workerd. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHrana } from '@betterbase/testing/stand-ins';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DevServer } from './dev-server.ts';

let folder: string;
let server: DevServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bb-provider-'));
  server = await DevServer.start(folder);
});

afterAll(async () => {
  await server.kill();
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

const configure = (provider: string): Promise<void> =>
  writeFile(
    join(server.app, 'betterbase.config.ts'),
    `import { defineConfig } from '@betterbase/core/config';\nexport default defineConfig({ project: { name: 'my-app' }, provider: ${provider} });\n`,
  );

test('bb provider check says what there is, what is missing, and what would be refused', async () => {
  expect(await server.bb('provider', 'check')).toMatchObject({ code: 0, out: expect.stringContaining('✔ embedded') });

  await configure("{ type: 'turso', url: 'libsql://chat.turso.io', authToken: { env: 'TURSO_TOKEN' } }");
  await server.next(/provider\/changed/);
  expect(await server.bb('provider', 'check')).toMatchObject({ code: 1, err: expect.stringContaining('bb env set TURSO_TOKEN') });

  await configure("{ type: 'turso', url: 'libsql://chat.turso.io', authToken: 'a-token' }");
  const careless = await server.bb('provider', 'check');
  expect(careless).toMatchObject({ code: 1, err: expect.stringContaining('config/invalid') });
  expect(careless.err).not.toContain('a-token');
});

test('bb dev makes the D1 database that the app names', async () => {
  await configure("{ type: 'd1' }");
  await server.restart();

  const told = await server.bb('provider', 'check');
  const json = JSON.parse((await server.bb('provider', 'check', '--json')).out);

  expect(told.out).toMatch(
    /✔ d1: SQLite, \d+ ms a request \(the first \d+ ms\)\n {2}tables {5}yes\n {2}full text {2}yes\n {2}vectors {4}no/,
  );
  expect(told.code).toBe(0);
  expect(json).toMatchObject({ type: 'd1', isAvailable: true });
});

test('an app made with --provider turso is deployed once its two values are set', async () => {
  const own = await mkdtemp(join(tmpdir(), 'bb-turso-'));
  const database = await startHrana({ authToken: 'a-token-of-the-test' });
  const app = await DevServer.start(own, ['--provider', 'turso'], /provider\/missing-value/, ['--no-stand-in']);
  try {
    expect(await app.bb('env', 'set', `TURSO_URL=${database.url}`, 'TURSO_AUTH_TOKEN=a-token-of-the-test')).toMatchObject({ code: 0 });
    expect(await app.bb('provider', 'check')).toMatchObject({ code: 0, out: expect.stringContaining('✔ turso') });
    expect(await app.bb('deploy')).toMatchObject({ code: 0 });

    await app.call('mutation', 'mutations/todos:add', { text: 'Water the plants' });
    await app.restart();

    expect(await app.call('query', 'queries/todos:list')).toMatchObject({ value: [{ text: 'Water the plants' }] });
    expect(await app.bb('env', 'set', 'TURSO_AUTH_TOKEN=another')).toMatchObject({
      code: 1,
      err: expect.stringContaining('provider/bad-credentials'),
    });
  } finally {
    await app.kill();
    await database.close();
    await rm(own, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
});
