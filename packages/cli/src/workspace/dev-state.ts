/**
 * What `bb dev` leaves in the state folder, so that other commands find it without flags.
 *
 * Holds: address and keys of the last `bb dev`, which may still run or not.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProviderManifest } from '@betterbase/core';
import { writeAtomically } from '../platform/write-atomically.ts';
import { isRecord } from '../json/is-record.ts';
import { readJson } from '../json/parse-json.ts';
import { isProviderName, namedProviders } from './named-provider.ts';

export interface DevState {
  /** `http://localhost:3210` */
  readonly url: string;
  readonly port: number;
  readonly project: string;
  readonly adminKey: string;
  /** What rests encrypted in the state folder is encrypted with it. */
  readonly encryptionKey?: string;
  /** What it deploys with instead of what betterbase.config.ts says. */
  readonly provider?: ProviderManifest;
  /** Where it stands in for vendors whom people sign in with. */
  readonly signInPort?: number;
  /** Of the `bb dev` process; null after it has ended. */
  readonly pid: number | null;
}

export const defaultStateFolder = '.betterbase';

export async function readDevState(folder: string): Promise<DevState | null> {
  const state = await readJson(join(folder, 'dev.json'));
  if (!isRecord(state)) return null;
  const { url, port, project, adminKey, encryptionKey, provider, signInPort, pid } = state;
  if (typeof url !== 'string' || typeof port !== 'number' || typeof project !== 'string' || typeof adminKey !== 'string') return null;
  return {
    url,
    port,
    project,
    adminKey,
    ...(typeof encryptionKey === 'string' ? { encryptionKey } : {}),
    ...(isRecord(provider) && typeof provider['type'] === 'string' && isProviderName(provider['type'])
      ? { provider: namedProviders[provider['type']] }
      : {}),
    ...(typeof signInPort === 'number' ? { signInPort } : {}),
    pid: typeof pid === 'number' && isAlive(pid) ? pid : null,
  };
}

/** Readable by the owner only: it holds a key. */
export async function writeDevState(folder: string, state: DevState): Promise<void> {
  await writeAtomically(join(folder, 'dev.json'), `${JSON.stringify(state, null, 2)}\n`, 0o600);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    // EPERM: it is there and somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Has ended, but nobody has asked how: in a container whose first process does not, it stays in the list for ever. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // Gone between the two looks.
    return true;
  }
}
