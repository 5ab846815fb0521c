/**
 * Brings the platform to a Cloudflare account, step by step. Can be run again at any time: what is there stays, and a run
 * that failed goes on where it stopped.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Cloudflare } from './cloudflare.ts';
import { readNames } from './cloudflare-names.ts';
import { readDeployRecord, writeDeployRecord } from './deploy-record.ts';
import { Progress } from './progress.ts';
import { chooseAdminKey, secretName } from './steps/admin-key.ts';
import { checkPlan } from './steps/check-plan.ts';
import { chooseEncryptionKey, encryptionKeyName } from './steps/encryption-key.ts';
import { ensureBucket, ensureDatabase, ensureQueue } from './steps/ensure-resources.ts';
import { logIn } from './steps/log-in.ts';
import { setupLink } from './steps/setup-link.ts';
import { tryIt } from './steps/try-it.ts';
import { upload } from './steps/upload.ts';
import { deployConfig, writeConfig } from './steps/write-config.ts';
import type { Workshop } from './workshop.ts';

export interface PlatformDeployment {
  readonly url: string;
  /** Null if another machine made it. */
  readonly adminKey: string | null;
  /** Where the first admin is made; null: there is one, or this machine does not know the key. */
  readonly setup: string | null;
}

/** @throws BetterBaseError `platform/does-not-deploy`: its hint says what to do */
export async function deployPlatform(workshop: Workshop, { newAdminKey = false } = {}): Promise<PlatformDeployment> {
  const { root } = workshop;
  const names = readNames(await readFile(join(root, 'wrangler.toml'), 'utf8'));
  const progress = new Progress(9 + names.queues.length, workshop.say);

  const account = await progress.step(
    'Account',
    () => logIn(workshop),
    ({ name, id }) => `${name} (${id})`,
  );
  const cloudflare = new Cloudflare(workshop.wrangler, account.id);
  const earlier = await readDeployRecord(root, account.id);
  await progress.step(
    'Workers Paid plan',
    async () => (earlier.url === undefined ? checkPlan(cloudflare, names) : undefined),
    () => (earlier.url === undefined ? 'code can be loaded at run time' : 'known from an earlier run'),
  );

  const database = await progress.step(
    'D1 database',
    () => ensureDatabase(cloudflare, names.database),
    ({ found }) => `${names.database} ${found}`,
  );
  await progress.step(
    'R2 bucket',
    () => ensureBucket(cloudflare, names.bucket),
    (found) => `${names.bucket} ${found}`,
  );
  for (const queue of names.queues)
    await progress.step(
      'Queue',
      () => ensureQueue(cloudflare, queue),
      (found) => `${queue} ${found}`,
    );

  const key = await progress.step(
    'Admin key',
    () => chooseAdminKey(cloudflare, { root, account: account.id, worker: names.worker, renew: newAdminKey, newKey: workshop.newKey }),
    ({ state }) => (state === 'new' ? 'a new one, kept in .betterbase/deploy.json' : 'stays as it is'),
  );
  const encryptionKey = await progress.step(
    'Encryption key',
    () => chooseEncryptionKey(cloudflare, names.worker, workshop.newKey),
    (made) => (made === null ? 'stays as it is' : 'a new one, kept by the Worker alone'),
  );
  await progress.step(
    'Migrations',
    async () => {
      await writeConfig(root, database.id);
      const args = ['d1', 'migrations', 'apply', names.database, '--remote', '--config', deployConfig];
      await cloudflare.run('The migrations of the control plane do not apply.', args);
    },
    () => 'applied',
  );
  const url = await progress.step(
    'Worker',
    () =>
      upload(cloudflare, {
        ...(key.state === 'new' ? { [secretName]: key.key } : {}),
        ...(encryptionKey === null ? {} : { [encryptionKeyName]: encryptionKey }),
      }),
    (address) => address,
  );
  await writeDeployRecord(root, account.id, key.key === null ? { url } : { url, adminKey: key.key });
  await progress.step(
    'Trying it',
    () => tryIt(workshop, url, key.key),
    (answer) => answer,
  );

  return { url, adminKey: key.key, setup: await setupLink(workshop, url, key.key) };
}
