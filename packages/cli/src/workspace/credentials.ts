/**
 * Where `bb` is signed in: sessions by the address of their installation, in a file of the user's own.
 *
 * Always true: nobody but the user may read the file.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isRecord } from '../json/is-record.ts';
import { readJson } from '../json/parse-json.ts';
import { writeAtomically } from '../platform/write-atomically.ts';

export interface Credential {
  readonly token: string;
  readonly email: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function credentialsFile(env: Environment): string {
  const folder = env['XDG_CONFIG_HOME'] ?? env['APPDATA'] ?? join(env['HOME'] ?? homedir(), '.config');
  return join(folder, 'betterbase', 'credentials.json');
}

/** @param url an origin */
export async function findCredential(url: string, env: Environment): Promise<Credential | null> {
  return (await readAll(env)).get(url) ?? null;
}

export async function keepCredential(url: string, credential: Credential, env: Environment): Promise<void> {
  await writeAll(new Map(await readAll(env)).set(url, credential), env);
}

export async function dropCredential(url: string, env: Environment): Promise<void> {
  const all = new Map(await readAll(env));
  if (all.delete(url)) await writeAll(all, env);
}

async function readAll(env: Environment): Promise<ReadonlyMap<string, Credential>> {
  const kept = await readJson(credentialsFile(env));
  if (!isRecord(kept)) return new Map();
  const entries = Object.entries(kept).flatMap(([url, each]) => {
    if (!isRecord(each) || typeof each['token'] !== 'string' || typeof each['email'] !== 'string') return [];
    return [[url, { token: each['token'], email: each['email'] }] as const];
  });
  return new Map(entries);
}

function writeAll(all: ReadonlyMap<string, Credential>, env: Environment): Promise<void> {
  return writeAtomically(credentialsFile(env), `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`, 0o600);
}
