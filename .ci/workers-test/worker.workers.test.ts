import { runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import configuration from '../../wrangler.toml?raw';
import worker from './worker.ts';

test('the test Worker offers an object with SQLite', async () => {
  const stub = env.SCRATCH.getByName('one');

  const rows = await runInDurableObject(stub, (_, state) => state.storage.sql.exec('SELECT 40 + 2 AS answer').toArray());

  expect(rows).toEqual([{ answer: 42 }]);
});

test('the test Worker can load code at run time', async () => {
  const loaded = env.LOADER.get('hello', () => ({
    compatibilityDate: '2026-10-23',
    mainModule: 'main.js',
    modules: { 'main.js': `export default { fetch() { return new Response('hello'); } }` },
  }));

  const response = await loaded.getEntrypoint().fetch('http://loaded/');

  expect(await response.text()).toBe('hello');
});

test('the test Worker is the platform', async () => {
  const response = await exports.default.fetch('http://platform/health');

  expect(response.status).toBe(200);
});

test.each([
  ['fetch', '[assets]'],
  ['queue', '[[queues.consumers]]'],
  ['scheduled', '[triggers]'],
])('the platform has a %s handler for the %s of wrangler.toml', (handler, section) => {
  expect(configuration).toContain(section);
  expect(worker).toHaveProperty(handler, expect.any(Function));
});
