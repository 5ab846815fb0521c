/**
 * What this machine knows of installations it has deployed, by account.
 *
 * Holds: admin keys, so it is readable by its owner only and never committed. Everything else can be found out again.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../json/is-record.ts';
import { writeAtomically } from '../platform/write-atomically.ts';

export interface DeployRecord {
  readonly adminKey?: string;
  /** Made, and not known to have arrived yet. */
  readonly pendingKey?: string;
  readonly url?: string;
}

export async function readDeployRecord(root: string, account: string): Promise<DeployRecord> {
  const found = (await readAll(root))[account];
  if (!isRecord(found)) return {};
  const { adminKey, pendingKey, url } = found;
  return {
    ...(typeof adminKey === 'string' ? { adminKey } : {}),
    ...(typeof pendingKey === 'string' ? { pendingKey } : {}),
    ...(typeof url === 'string' ? { url } : {}),
  };
}

export async function writeDeployRecord(root: string, account: string, record: DeployRecord): Promise<void> {
  const all = { ...(await readAll(root)), [account]: record };
  await writeAtomically(pathIn(root), `${JSON.stringify(all, null, 2)}\n`, 0o600);
}

async function readAll(root: string): Promise<Record<string, unknown>> {
  const text = await readFile(pathIn(root), 'utf8').catch(() => '{}');
  const all: unknown = JSON.parse(text);
  return isRecord(all) ? all : {};
}

function pathIn(root: string): string {
  return join(root, '.betterbase', 'deploy.json');
}
