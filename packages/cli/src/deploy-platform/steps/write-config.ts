import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deployFailure } from '../failure.ts';

/** Beside wrangler.toml, because paths in it are relative to where it is; not committed, because ids are the account's. */
export const deployConfig = '.wrangler.deploy.toml';

const nobodysId = '00000000-0000-0000-0000-000000000000';

/** wrangler.toml with the account's own database in it. */
export async function writeConfig(root: string, databaseId: string): Promise<void> {
  const original = await readFile(join(root, 'wrangler.toml'), 'utf8');
  if (!original.includes(nobodysId)) {
    throw deployFailure('wrangler.toml names a database of its own.', '', `Give database_id its placeholder back: "${nobodysId}".`);
  }
  const header = '# Made from wrangler.toml by `npm run deploy`, with the ids of one account. Change wrangler.toml instead.\n';
  await writeFile(join(root, deployConfig), header + original.replaceAll(nobodysId, databaseId));
}
