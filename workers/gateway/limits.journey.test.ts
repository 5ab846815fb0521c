import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';

const app = (limits: object): string => `
import { defineSchema, defineTable, httpAction, httpRouter, mutation, query, v } from './runtime.js';

export const schema = defineSchema({ notes: defineTable({ text: v.string() }) });
export const http = httpRouter();
http.route({ path: '/echo', method: 'POST', handler: httpAction(async (_, request) => new Response(await request.text())) });
http.route({ path: '/stream', method: 'GET', handler: httpAction(async () => new Response(new ReadableStream({
  start(controller) {
    for (let part = 0; part < 4; part++) controller.enqueue(new TextEncoder().encode('x'.repeat(100)));
    controller.close();
  },
}))) });
const add = mutation({ args: { count: v.number() }, handler: async ({ db }, { count }) => { for (let i = 0; i < count; i++) await db.insert('notes', { text: 'a' }); } });
const all = query({ args: {}, handler: async ({ db }) => (await db.query('notes').collect()).length });
const like = query({ args: { pattern: v.string() }, handler: async ({ db }, { pattern }) => await db.execute('SELECT count(*) AS n FROM notes WHERE text LIKE ?', [pattern]) });
export const modules = { notes: { add, all, like } };
export const limits = ${JSON.stringify(limits)};
`;

describe.each(['loader', 'static'] as const)('with the engine from the %s', (host) => {
  let platform: LocalPlatform;
  beforeAll(async () => {
    const text = app({ documentsWritten: 5, httpBytes: 200, httpResponseBytes: 300 });
    platform = await startLocalPlatform({ host, app: text });
    if (host === 'loader') await platform.deploy('app', text);
  });
  afterAll(() => platform.stop());

  const call = (kind: string, name: string, args: unknown = {}) => platform.post(`/p/app/api/${kind}`, { path: `notes:${name}`, args });
  const limitOf = async (name: string): Promise<unknown> =>
    (await platform.admin('GET', '/projects/app/limits')).body.limits.find((limit: { name: string }) => limit.name === name);

  test('the app’s own limits hold, and the admin API shows them beside the defaults', async () => {
    expect((await call('mutation', 'add', { count: 5 })).status).toBe(200);
    expect(await call('mutation', 'add', { count: 6 })).toMatchObject({
      status: 413,
      body: { code: 'function/writes-too-much', hint: expect.stringContaining('limits.documentsWritten') },
    });
    expect((await call('query', 'all')).body.value).toBe(5);
    expect(await limitOf('documentsWritten')).toMatchObject({ value: 5, default: 16_000, most: 50_000, configurable: true });
    expect(await limitOf('documentsRead')).toMatchObject({ value: 32_000, code: 'query/reads-too-much' });
    expect(await limitOf('sqlText')).toMatchObject({ value: 100_000, configurable: false });
  });

  test('bodies of routes are counted as they stream', async () => {
    const echo = (body: BodyInit) => platform.request('/p/app/http/echo', { method: 'POST', body, duplex: 'half' } as RequestInit);

    expect(await (await echo('x'.repeat(200))).text()).toBe('x'.repeat(200));
    const tooLarge = await echo('x'.repeat(201));
    expect([tooLarge.status, tooLarge.headers.get('x-betterbase-error')]).toEqual([413, 'http/body-too-large']);
    const unannounced = await echo(new Blob(['x'.repeat(201)]).stream());
    expect([unannounced.status, unannounced.headers.get('x-betterbase-error')]).toEqual([413, 'http/body-too-large']);
    const broken = await platform
      .request('/p/app/http/stream')
      .then((response) => response.text())
      .catch(() => 'broke off');
    expect(broken.length).toBeLessThanOrEqual(300);
  });

  test('a LIKE pattern that SQLite would refuse is refused by name', async () => {
    expect((await call('query', 'like', { pattern: 'a%' })).body.value).toEqual([{ n: 5 }]);
    expect(await call('query', 'like', { pattern: `%${'a'.repeat(200)}%` })).toMatchObject({ body: { code: 'limit/sql-pattern' } });
  });

  test.runIf(host === 'loader')('limits change with a deployment; ones that cannot be had change nothing', async () => {
    const refused = await platform.admin('POST', '/projects/app/deployments', { app: app({ documentsWritten: 1e9 }) });
    expect(refused).toMatchObject({ status: 400, body: { code: 'config/invalid' } });
    expect(await limitOf('documentsWritten')).toMatchObject({ value: 5 });

    await platform.deploy('app', app({ documentsWritten: 6 }));

    expect(await limitOf('documentsWritten')).toMatchObject({ value: 6 });
    expect((await call('mutation', 'add', { count: 6 })).status).toBe(200);
  });
});
