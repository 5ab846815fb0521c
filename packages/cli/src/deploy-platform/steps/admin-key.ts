import type { Cloudflare } from '../cloudflare.ts';
import { readDeployRecord, writeDeployRecord } from '../deploy-record.ts';
import { deployFailure } from '../failure.ts';

export const secretName = 'ADMIN_KEY';

export type AdminKey =
  /** The Worker has it already; `key` is null if another machine put it there. */
  | { readonly state: 'kept'; readonly key: string | null }
  /** It goes up with the Worker, in the same upload. */
  | { readonly state: 'new'; readonly key: string };

export interface AdminKeyOptions {
  readonly root: string;
  readonly account: string;
  readonly worker: string;
  /** Take the place of a key that exists. */
  readonly renew: boolean;
  readonly newKey: () => string;
}

/** Decides on the admin key. A new one is written down here before it goes anywhere, so that it cannot get lost. */
export async function chooseAdminKey(cloudflare: Cloudflare, options: AdminKeyOptions): Promise<AdminKey> {
  const { root, account, worker, renew, newKey } = options;
  const record = await readDeployRecord(root, account);
  // Left over from a run that did not get to its end.
  if (record.pendingKey !== undefined) return { state: 'new', key: record.pendingKey };
  if (!renew && (await hasSecret(cloudflare, worker, secretName))) return { state: 'kept', key: record.adminKey ?? null };
  const key = newKey();
  await writeDeployRecord(root, account, { ...record, pendingKey: key });
  return { state: 'new', key };
}

export async function hasSecret(cloudflare: Cloudflare, worker: string, secret: string): Promise<boolean> {
  const { ok, stdout, output } = await cloudflare.try(['secret', 'list', '--name', worker, '--format', 'json']);
  if (ok) return stdout.includes(`"${secret}"`);
  if (/not found|code: 10007/i.test(output)) return false;
  throw deployFailure('The secrets of the Worker could not be listed.', output);
}
