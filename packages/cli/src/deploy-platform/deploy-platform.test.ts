import { cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setupToken } from '@betterbase/protocol/admin';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkoutRoot } from '../platform/checkout.ts';
import { deployPlatform } from './deploy-platform.ts';
import { FakeWrangler } from './test/fake-wrangler.ts';
import type { Workshop } from './workshop.ts';

let root: string;
let wrangler: FakeWrangler;
let said: string[];
let keys: number;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'betterbase-deploy-'));
  await cp(join(checkoutRoot, 'wrangler.toml'), join(root, 'wrangler.toml'));
  wrangler = new FakeWrangler();
  said = [];
  keys = 0;
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

function workshop(changes: Partial<Workshop> = {}): Workshop {
  return {
    root,
    wrangler,
    interactive: false,
    account: undefined,
    newKey: () => `key-${(keys += 1)}`,
    status: async (url, key) => (/\/(?:health|setup)$/.test(url) || key === wrangler.secrets.get('ADMIN_KEY') ? 200 : 401),
    wait: async () => {},
    say: (line) => said.push(line),
    ...changes,
  };
}

describe('the first run', () => {
  test('makes everything, in order, and says where it is', async () => {
    const deployment = await deployPlatform(workshop());

    expect(deployment).toEqual({
      url: 'https://betterbase.example.workers.dev',
      adminKey: 'key-1',
      setup: `https://betterbase.example.workers.dev/setup?token=${await setupToken('key-1')}`,
    });
    expect(said).toEqual([
      '✓ 1/11 Account: Example (acc1)',
      '✓ 2/11 Workers Paid plan: code can be loaded at run time',
      '✓ 3/11 D1 database: betterbase created',
      '✓ 4/11 R2 bucket: betterbase-files created',
      '✓ 5/11 Queue: betterbase-deliveries created',
      '✓ 6/11 Queue: betterbase-deliveries-dead created',
      '✓ 7/11 Admin key: a new one, kept in .betterbase/deploy.json',
      '✓ 8/11 Encryption key: a new one, kept by the Worker alone',
      '✓ 9/11 Migrations: applied',
      '✓ 10/11 Worker: https://betterbase.example.workers.dev',
      '✓ 11/11 Trying it: it answers and takes the key',
    ]);
    expect(wrangler.secrets.get('ADMIN_KEY')).toBe('key-1');
    expect(wrangler.workers).toEqual(new Set(['betterbase']));
  });

  test("deploys wrangler.toml with the account's database in it, and leaves wrangler.toml alone", async () => {
    const before = await readFile(join(root, 'wrangler.toml'), 'utf8');

    await deployPlatform(workshop());

    const deployed = await readFile(join(root, '.wrangler.deploy.toml'), 'utf8');
    expect(wrangler.configs).toEqual(['.wrangler.deploy.toml']);
    expect(deployed).toContain('database_id = "uuid-of-betterbase"');
    expect(deployed).toContain('main = "packages/cli/dist/platform/worker/worker.js"');
    expect(await readFile(join(root, 'wrangler.toml'), 'utf8')).toBe(before);
  });

  test('keeps the key where only its owner can read it', async () => {
    await deployPlatform(workshop());

    const path = join(root, '.betterbase/deploy.json');
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      acc1: { url: 'https://betterbase.example.workers.dev', adminKey: 'key-1' },
    });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('never puts the key on a command line', async () => {
    await deployPlatform(workshop());

    expect(wrangler.commands.join('\n')).not.toContain('key-1');
  });
});

describe('the second run', () => {
  test('makes nothing twice, keeps the key, and deploys', async () => {
    await deployPlatform(workshop());
    wrangler.commands.length = 0;
    said = [];

    const deployment = await deployPlatform(workshop());

    expect(deployment.adminKey).toBe('key-1');
    expect(wrangler.commands.filter((command) => /create|delete|secrets-file|plan-check/.test(command))).toEqual([]);
    expect(said).toContain('✓ 3/11 D1 database: betterbase was there');
    expect(said).toContain('✓ 7/11 Admin key: stays as it is');
    expect(wrangler.migrated).toBe(2);
  });

  test('from another machine does not know the key and does not change it', async () => {
    await deployPlatform(workshop());
    await rm(join(root, '.betterbase'), { recursive: true });

    expect(await deployPlatform(workshop())).toMatchObject({ adminKey: null });
    expect(wrangler.secrets.get('ADMIN_KEY')).toBe('key-1');
  });

  test('with a token that may not ask what is there finds out by making it', async () => {
    await deployPlatform(workshop());
    wrangler.failure = { command: 'r2 bucket info', output: 'Authentication error [code: 10000]' };
    said = [];

    await deployPlatform(workshop());

    expect(said).toContain('✓ 4/11 R2 bucket: betterbase-files was there');
  });

  test('never renews the key that data is encrypted with', async () => {
    await deployPlatform(workshop());
    const key = wrangler.secrets.get('ENCRYPTION_KEY');
    await deployPlatform(workshop(), { newAdminKey: true });

    expect(key).toBe('key-2');
    expect(wrangler.secrets.get('ENCRYPTION_KEY')).toBe(key);
  });

  test('makes a new key when asked to', async () => {
    await deployPlatform(workshop());

    expect(await deployPlatform(workshop(), { newAdminKey: true })).toMatchObject({ adminKey: 'key-3' });
    expect(wrangler.secrets.get('ADMIN_KEY')).toBe('key-3');
  });

  test('with a key that was changed elsewhere says so', async () => {
    await deployPlatform(workshop());
    wrangler.secrets.set('ADMIN_KEY', 'other');

    await deployPlatform(workshop());

    expect(said.at(-1)).toBe('✓ 11/11 Trying it: it does not take the key');
  });
});

describe('logging in', () => {
  test('is asked for when somebody is there', async () => {
    wrangler.loggedIn = false;

    await deployPlatform(workshop({ interactive: true }));

    expect(wrangler.commands.slice(0, 3)).toEqual(['whoami --json', 'login', 'whoami --json']);
  });

  test('is explained when nobody is there', async () => {
    wrangler.loggedIn = false;

    await expect(deployPlatform(workshop())).rejects.toMatchObject({
      code: 'platform/does-not-deploy',
      message: 'Nobody is logged in to Cloudflare.',
      hint: 'Run `npx wrangler login` first, or set CLOUDFLARE_API_TOKEN.',
    });
  });

  test('to several accounts asks for one of them', async () => {
    wrangler.accounts = [
      { id: 'acc1', name: 'Example' },
      { id: 'acc2', name: 'Other' },
    ];

    await expect(deployPlatform(workshop())).rejects.toMatchObject({
      hint: expect.stringContaining('CLOUDFLARE_ACCOUNT_ID=acc2 npm run deploy   # Other'),
    });
    await deployPlatform(workshop({ account: 'acc2' }));
    expect(said).toContain('✓ 1/11 Account: Other (acc2)');
  });

  test('to none is an error', async () => {
    wrangler.accounts = [];

    await expect(deployPlatform(workshop())).rejects.toMatchObject({ message: 'This login does not reach any account.' });
  });
});

describe('a step that fails says what to do, and the next run goes on from there', () => {
  const plan =
    'In order to use Dynamic Workers, you must switch to a paid plan at https://dash.cloudflare.com/x/workers/plans. [code: 10195]';
  test.each([
    ['whoami', "Unable to resolve Cloudflare's API hostname", 'Cloudflare does not say who is logged in.', 'Check the network.', 1],
    ['deploy --config /', plan, 'The account does not take a Worker that loads code at run time.', 'needs the Workers Paid plan', 2],
    [
      'deploy --config /',
      'binding LOADER of type worker_loader is invalid [code: 10021]',
      expect.any(String),
      'needs the Workers Paid plan',
      2,
    ],
    [
      'delete betterbase-plan-check',
      'Oh',
      'The empty Worker betterbase-plan-check was uploaded and could not be deleted again.',
      'run `npm run deploy` again',
      2,
    ],
    [
      'd1 list',
      'Authentication error [code: 10000]',
      'The D1 databases of the account could not be listed.',
      'The token may not do this.',
      3,
    ],
    ['d1 create', 'Maximum number of databases reached', 'The D1 database betterbase could not be created.', 'as many D1 databases', 3],
    [
      'r2 bucket create',
      'Please enable R2 through the Cloudflare Dashboard. [code: 10042]',
      'The R2 bucket betterbase-files could not be created.',
      'Switch R2 on once',
      4,
    ],
    [
      'queues create betterbase-deliveries-dead',
      'Oh',
      'The queue betterbase-deliveries-dead could not be created.',
      'run `npm run deploy` again',
      6,
    ],
    ['secret list', 'fetch failed', 'The secrets of the Worker could not be listed.', 'Check the network.', 7],
    ['d1 migrations', 'near "TABEL": syntax error', 'The migrations of the control plane do not apply.', 'Read what wrangler said', 9],
    [
      'deploy --config .wrangler',
      'You can either deploy your worker to one or more routes … or register a workers.dev subdomain here:',
      'The Worker was not accepted.',
      'Choose a workers.dev subdomain once',
      10,
    ],
  ])('%s: %s', async (command, output, message, hint, step) => {
    wrangler.failure = { command, output };

    await expect(deployPlatform(workshop())).rejects.toMatchObject({ message, hint: expect.stringContaining(hint), details: { output } });
    expect(said.at(-1)).toMatch(new RegExp(`^✖ ${step}/11 `));
    expect(await deployPlatform(workshop())).toMatchObject({ url: 'https://betterbase.example.workers.dev', adminKey: 'key-1' });
  });

  test('a new key that did not arrive arrives with the next run', async () => {
    await deployPlatform(workshop());
    wrangler.failure = { command: 'deploy', output: 'Oh' };
    await expect(deployPlatform(workshop(), { newAdminKey: true })).rejects.toMatchObject({ code: 'platform/does-not-deploy' });
    expect(wrangler.secrets.get('ADMIN_KEY')).toBe('key-1');

    expect(await deployPlatform(workshop())).toMatchObject({ adminKey: 'key-3' });
    expect(wrangler.secrets.get('ADMIN_KEY')).toBe('key-3');
  });

  test('an address that does not answer is waited for, and no failure', async () => {
    let waited = 0;
    const count = async (milliseconds: number) => {
      waited += milliseconds;
    };

    await deployPlatform(workshop({ status: async () => null, wait: count }));

    expect(waited).toBe(57_000);
    expect(said.at(-1)).toBe('✓ 11/11 Trying it: no answer yet');
  });
});
