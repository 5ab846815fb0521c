/** The real wrangler deploys to something that answers like Cloudflare. */
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkoutRoot } from '../platform/checkout.ts';
import { deployPlatform } from './deploy-platform.ts';
import { FakeCloudflare } from './test/fake-cloudflare.ts';
import type { Workshop } from './workshop.ts';
import { installedWrangler } from './wrangler.ts';

const worker = `
import { DurableObject } from 'cloudflare:workers';
export class ProjectObject extends DurableObject {}
export class InstanceObject extends DurableObject {}
export default { fetch() { return new Response('hello'); }, async queue() {}, async scheduled() {} };
`;

let root: string;
let cloudflare: FakeCloudflare;
let said: string[];
let workshop: Workshop;

/** A checkout with our wrangler.toml, migrations and page, and a Worker that needs no building. */
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'betterbase-deploy-'));
  for (const part of ['wrangler.toml', 'migrations', 'dashboard/public'])
    await cp(join(checkoutRoot, part), join(root, part), { recursive: true });
  await symlink(join(checkoutRoot, 'node_modules'), join(root, 'node_modules'));
  await writeFile(join(root, 'package.json'), '{ "scripts": { "build": "echo nothing to build" } }');
  const folder = join(root, 'packages/cli/dist/platform/worker');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'worker.js'), worker);
  cloudflare = new FakeCloudflare();
  said = [];
  // A token and an address of our own win over whoever is logged in on this machine.
  const nobody = { CLOUDFLARE_API_TOKEN: 'nobody', CLOUDFLARE_API_BASE_URL: await cloudflare.listen() };
  workshop = {
    root,
    wrangler: installedWrangler(root, { ...process.env, ...nobody }),
    interactive: false,
    account: undefined,
    newKey: () => 'a-new-key',
    status: async () => 200,
    wait: async () => {},
    say: (line) => said.push(line),
  };
});

afterEach(async () => {
  await cloudflare.close();
  await rm(root, { recursive: true });
});

test('twice: the first run makes everything, the second nothing but a new version', async () => {
  const first = await deployPlatform(workshop);

  expect(first).toMatchObject({ url: 'https://betterbase.example.workers.dev', adminKey: 'a-new-key' });
  expect(said.filter((line) => line.endsWith(' created'))).toHaveLength(4);
  expect(cloudflare.queues).toEqual(new Set(['betterbase-deliveries', 'betterbase-deliveries-dead']));
  expect(cloudflare.databases.get('betterbase')?.prepare('SELECT slug FROM projects').all()).toEqual([]);
  expect(cloudflare.deleted).toEqual(['betterbase-plan-check']);
  expect(cloudflare.workers.get('betterbase')).toEqual(
    expect.arrayContaining([
      { name: 'ADMIN_KEY', type: 'secret_text', text: 'a-new-key' },
      { name: 'LOADER', type: 'worker_loader' },
      { name: 'DB', type: 'd1', id: 'uuid-of-betterbase' },
      { name: 'FILES', type: 'r2_bucket', bucket_name: 'betterbase-files' },
      { name: 'IMAGES', type: 'images' },
    ]),
  );

  said.length = 0;
  const second = await deployPlatform(workshop);

  expect(second).toEqual(first);
  expect(said.filter((line) => line.endsWith(' was there'))).toHaveLength(4);
  expect(said).toContain('✓ 7/11 Admin key: stays as it is');
  expect(cloudflare.workers.get('betterbase')).toContainEqual({ name: 'ADMIN_KEY', type: 'secret_text', text: 'a-new-key' });
  expect(cloudflare.unknown).toEqual([]);
});

test('on the free plan it stops before anything is made, and says what is missing', async () => {
  cloudflare.isFree = true;

  await expect(deployPlatform(workshop)).rejects.toMatchObject({ hint: expect.stringContaining('needs the Workers Paid plan') });

  expect(cloudflare.workers.size + cloudflare.databases.size + cloudflare.buckets.size + cloudflare.queues.size).toBe(0);
});
