import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkoutRoot } from '../src/platform/checkout.ts';
import { platformOptions } from '../src/platform/platform-options.ts';
import { folderWith } from './folder.ts';

test('every binding of wrangler.toml is there locally, and no other', async () => {
  const wrangler = await readFile(join(checkoutRoot, 'wrangler.toml'), 'utf8');
  const folder = await folderWith({ 'worker.js': 'export default {};' });
  const { workers } = await platformOptions({ workerPath: join(folder, 'worker.js'), adminKey: 'key' });

  const deployed = [...wrangler.matchAll(/^(?:binding|name) = "([A-Z_]+)"/gm)].map((match) => match[1]);
  const local = Object.keys(workers[0]?.config.env ?? {});

  expect(new Set([...local, 'ASSETS'])).toEqual(new Set([...deployed, 'ASSETS', 'ADMIN_KEY']));
  expect(deployed).toEqual(expect.arrayContaining(['LOADER', 'PROJECT', 'INSTANCE', 'DB', 'FILES', 'DELIVERIES', 'IMAGES']));
});

test('compatibility is the same locally and deployed', async () => {
  const wrangler = await readFile(join(checkoutRoot, 'wrangler.toml'), 'utf8');
  const folder = await folderWith({ 'worker.js': 'export default {};' });
  const { workers } = await platformOptions({ workerPath: join(folder, 'worker.js'), adminKey: 'key' });
  const { compatibilityDate, compatibilityFlags } = workers[0]?.config ?? {};

  expect(wrangler).toContain(`compatibility_date = "${compatibilityDate}"`);
  expect(wrangler).toContain(`compatibility_flags = ${JSON.stringify(compatibilityFlags)}`);
});
