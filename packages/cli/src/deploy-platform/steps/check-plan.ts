import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cloudflare } from '../cloudflare.ts';
import type { CloudflareNames } from '../cloudflare-names.ts';

/**
 * Finds out whether the account may load code at run time, before anything else is made on it.
 *
 * No API tells the plan to a login without access to billing, so this asks by doing: it uploads an empty Worker that has
 * a loader and no address, and takes it away again.
 */
export async function checkPlan(cloudflare: Cloudflare, names: CloudflareNames): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'betterbase-plan-'));
  try {
    const name = `${names.worker}-plan-check`;
    const config = join(folder, 'wrangler.json');
    await writeFile(join(folder, 'index.js'), 'export default { fetch: () => new Response(null, { status: 204 }) };\n');
    await writeFile(
      config,
      JSON.stringify({
        name,
        main: 'index.js',
        compatibility_date: names.compatibilityDate,
        workers_dev: false,
        preview_urls: false,
        worker_loaders: [{ binding: 'LOADER' }],
      }),
    );
    await cloudflare.run('The account does not take a Worker that loads code at run time.', ['deploy', '--config', config]);
    await cloudflare.run(`The empty Worker ${name} was uploaded and could not be deleted again.`, [
      'delete',
      name,
      '--force',
      '--config',
      config,
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
}
