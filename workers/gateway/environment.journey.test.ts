import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';

const app = (version: number): string => `
import { action, anyApi, defineSchema, env, httpAction, httpRouter, mutation, query } from './runtime.js';
const atTop = process.env.GREETING ?? 'nothing';
export const modules = { env: {
  seen: query({ args: {}, handler: async () => ({ version: ${version}, atTop, now: process.env.GREETING ?? null, same: env.GREETING === process.env.GREETING, address: process.env.CONVEX_SITE_URL ?? null, all: Object.keys(process.env).sort() }) }),
  inAction: action({ args: {}, handler: async () => process.env.GREETING ?? null }),
  inMutation: mutation({ args: {}, handler: async () => process.env.GREETING ?? null }),
  who: mutation({ args: {}, handler: async ({ meta }) => [(await meta.getDeploymentMetadata()).name, await meta.getRequestMetadata()] }),
  whoInAction: action({ args: {}, handler: (ctx) => ctx.runMutation(anyApi.env.who, {}) }),
  signs: mutation({ args: {}, handler: async () => {
    const text = new TextEncoder().encode('signed');
    const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    const { privateKey, publicKey } = await crypto.subtle.generateKey({ ...rsa, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }, true, ['sign', 'verify']);
    return await crypto.subtle.verify(rsa, publicKey, await crypto.subtle.sign(rsa, privateKey, text), text);
  } }),
  tamper: mutation({ args: {}, handler: async () => { try { process.env.GREETING = 'changed'; } catch {} return process.env.GREETING ?? null; } }),
} };
export const schema = defineSchema({});
const router = httpRouter();
router.route({ path: '/greet', method: 'GET', handler: httpAction(async () => new Response(process.env.GREETING ?? 'nothing')) });
router.route({ path: '/who', method: 'GET', handler: httpAction(async (ctx) => Response.json({ value: await ctx.runAction(anyApi.env.whoInAction, {}) })) });
export const http = router;
`;

let platform: LocalPlatform;
let state: string;

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'betterbase-environment-'));
  platform = await startLocalPlatform({
    host: 'loader',
    state,
    vars: { ENCRYPTION_KEY: 'a key for journeys, long enough to be one', PUBLIC_URL: 'https://example.test' },
  });
  await platform.deploy('app', app(1));
});

afterAll(async () => {
  await platform.stop();
  await rm(state, { recursive: true });
});

const call = async (kind: 'query' | 'mutation' | 'action', path: string): Promise<unknown> =>
  (await platform.post(`/p/app/api/${kind}`, { path, args: {} })).body.value;
const set = (values: Record<string, string>, unset: readonly string[] = []) =>
  platform.admin('PATCH', '/projects/app/environment', { set: values, unset });

test('functions of every kind find the values, also where a module is loaded, and new ones without a deployment', async () => {
  expect(await call('query', 'env:seen')).toMatchObject({ atTop: 'nothing', now: null });

  for (const greeting of ['hello', 'good morning']) {
    expect((await set({ GREETING: greeting })).status).toBe(200);
    expect(await call('query', 'env:seen')).toMatchObject({ version: 1, atTop: greeting, now: greeting, same: true });
    expect(await call('mutation', 'env:inMutation')).toBe(greeting);
    expect(await call('action', 'env:inAction')).toBe(greeting);
    expect(await (await platform.request('/p/app/http/greet')).text()).toBe(greeting);
  }
});

test('functions know their project and the request that is behind them, also through those that call them', async () => {
  const headers = { 'user-agent': 'a journey', 'cf-connecting-ip': '192.0.2.7', 'content-type': 'application/json' };
  const ask = async (path: string, init: RequestInit): Promise<unknown> =>
    ((await (await platform.request(path, { ...init, headers })).json()) as { value: unknown }).value;
  const post = (path: string): RequestInit => ({ method: 'POST', body: JSON.stringify({ path, args: {} }) });

  for (const seen of [
    await ask('/p/app/api/mutation', post('env:who')),
    await ask('/p/app/api/action', post('env:whoInAction')),
    await ask('/p/app/http/who', {}),
  ])
    expect(seen).toMatchObject(['app', { ip: '192.0.2.7', userAgent: 'a journey', scheduledFunctionId: null, authToken: null }]);
});

test('a mutation may use web cryptography, although it waits for nothing else', async () => {
  expect(await call('mutation', 'env:signs')).toBe(true);
});

test('an app cannot change its environment, and finds nothing of the platform’s in it', async () => {
  await set({ GREETING: 'hello' });

  expect(await call('mutation', 'env:tamper')).toBe('hello');
  expect(await call('query', 'env:seen')).toMatchObject({
    all: ['BETTERBASE_URL', 'CONVEX_CLOUD_URL', 'CONVEX_SITE_URL', 'GREETING', 'NODE_ENV'],
    address: 'https://example.test/p/app/http',
  });
});

test('values outlive a deployment; one that is taken away is gone', async () => {
  await set({ GREETING: 'kept' });
  await platform.deploy('app', app(2));
  expect(await call('query', 'env:seen')).toMatchObject({ version: 2, atTop: 'kept' });

  await set({}, ['GREETING']);
  expect(await call('query', 'env:seen')).toMatchObject({ version: 2, atTop: 'nothing', now: null });
});

test('no answer and no file tells a value', async () => {
  const secret = 'never-to-be-found-0123456789';
  const answer = await set({ SECRET: secret });
  const listed = await platform.admin('GET', '/projects/app/environment');
  await call('query', 'env:seen');

  expect(JSON.stringify([answer.body, listed.body])).not.toContain(secret);
  expect(listed.body.environment.map(({ name }: { name: string }) => name)).toEqual(['SECRET']);
  const files = (await readdir(state, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(2);
  for (const file of files) expect((await readFile(join(file.parentPath, file.name))).includes(secret)).toBe(false);
});

test('what is no change of the environment is refused', async () => {
  expect(await set({ 'bad-name': 'x' })).toMatchObject({ status: 400, body: { code: 'environment/bad-name' } });
  expect(await platform.admin('PATCH', '/projects/app/environment', { set: { A: 1 } })).toMatchObject({
    status: 400,
    body: { code: 'http/bad-body', details: { problems: [expect.stringContaining('set.A')] } },
  });
  expect((await platform.request('/admin/projects/app/environment')).status).toBe(401);
});
