import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A variable by which the app's own client finds its server. */
export interface ClientAddress {
  readonly file: string;
  readonly name: string;
}

/** The variables in `.env` files that hold the address of a Convex deployment. Values are not looked at beyond that, nor shown. */
export async function clientAddresses(root: string): Promise<readonly ClientAddress[]> {
  const found: ClientAddress[] = [];
  for (const file of ['.env.local', '.env', '.env.development', '.env.production']) {
    const text = await readFile(join(root, file), 'utf8').catch(() => '');
    for (const [, name] of text.matchAll(/^\s*(\w*CONVEX_(?:SITE_)?URL)\s*=/gm)) if (name !== undefined) found.push({ file, name });
  }
  return found;
}
