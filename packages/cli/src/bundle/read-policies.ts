/** The app's row-level security: its policy files, read and parsed where it is bundled. */
import { readdir } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { BetterBaseError, isBetterBaseError, isPolicy } from '@betterbase/core';
import { type ParsedPolicy, parsePolicy } from '@betterbase/engine/policy-language';
import type { AppFolder } from '../workspace/app-folder.ts';
import { importDefault } from '../workspace/import-default.ts';

const policyFile = /\.policy\.(?:ts|mts|js|mjs)$/;

/** `policies/<name>.policy.ts` in the app's source, and `src/db/policies/<name>.policy.ts`; absolute, in the order of their names. */
export async function policyFiles(app: PolicyFolders): Promise<string[]> {
  return (await allPolicyFiles(app)).filter((file) => !isPrivate(file));
}

/** Those as well that do not count, for their names begin with `_`. */
export async function allPolicyFiles({ root, source }: PolicyFolders): Promise<string[]> {
  const folders = [join(source, 'policies'), join(root, 'src', 'db', 'policies')];
  const found = await Promise.all(folders.map(async (folder) => (await namesIn(folder)).map((name) => join(folder, name))));
  return found.flat().filter((file) => policyFile.test(file));
}

export function isPrivate(file: string): boolean {
  return basename(file).startsWith('_');
}

type PolicyFolders = Pick<AppFolder, 'root' | 'source'>;

/** @throws BetterBaseError `policy/invalid`, with the place marked */
export async function readPolicies(app: AppFolder): Promise<ParsedPolicy[]> {
  const policies: ParsedPolicy[] = [];
  for (const path of await policyFiles(app)) policies.push(await readPolicy(path, relative(app.root, path)));
  return policies;
}

async function readPolicy(path: string, file: string): Promise<ParsedPolicy> {
  let policy: unknown;
  try {
    policy = await importDefault(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const hint = isBetterBaseError(cause) ? cause.hint : undefined;
    throw new BetterBaseError('policy/invalid', `${file}: ${reason}`, { cause, ...(hint === undefined ? {} : { hint }) });
  }
  if (isPolicy(policy)) return parsePolicy(policy, file);
  throw new BetterBaseError('policy/invalid', `${file}: its default export is no policy.`, {
    hint: "Write export default definePolicy('notes', { select: 'auth.uid() = owner' });",
  });
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
