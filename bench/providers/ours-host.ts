/** A process that serves the platform with one project for each place, until its parent goes. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Miniflare } from 'miniflare';
import { bundleApp } from '@betterbase/cli';
import { applyMigrations, buildPlatform, platformOptions } from '@betterbase/cli/platform';
import { adminKey } from '../ours/project.ts';
import { withoutDashboard } from '../ours/without-dashboard.ts';
import { report } from '../server/report.ts';
import { type Addresses, type Place, places } from './place.ts';

const [folder = '', addresses = '{}'] = process.argv.slice(2);
const { turso, tursoToken, neon } = JSON.parse(addresses) as Addresses;

// Databases on this machine are let in by a developer's gateway only; all but that is as it is deployed.
const main = `
import { ProviderGate as Gate } from './worker.js';
export * from './worker.js';
export { default } from './worker.js';
let lenient = null;
export class ProviderGate extends Gate {
  constructor(ctx, env) { super(ctx, (lenient ??= { ...env, BB_DEV: '1' })); }
}
`;
const built = await buildPlatform({ outdir: join(folder, 'platform') });
const workerPath = join(dirname(built.workerPath), 'main.js');
await writeFile(workerPath, main);
const options = await platformOptions({
  workerPath,
  adminKey,
  encryptionKey: 'only for the benchmark, and long enough to be one',
  state: folder,
  databases: ['APP_DB'],
  vars: { RATE_LIMITS: '{"call": 1000000000}' },
});
const miniflare = new Miniflare(withoutDashboard(options));
await miniflare.ready;
await applyMigrations(await miniflare.getD1Database('DB'));
const url = await miniflare.unsafeGetDirectURL();

const providers: Readonly<Record<Place, object>> = {
  embedded: { type: 'embedded' },
  d1: { type: 'd1', binding: 'APP_DB' },
  turso: { type: 'turso', url: { env: 'TURSO_URL' }, authToken: { env: 'TURSO_TOKEN' } },
  neon: { type: 'neon', connectionString: { env: 'DATABASE_URL' } },
};
const { app } = await bundleApp(fileURLToPath(new URL('./app', import.meta.url)));
const ask = async (method: string, path: string, body: object): Promise<void> => {
  const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' };
  const answer = await fetch(new URL(`/admin/projects/${path}`, url), { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
};
for (const place of places) {
  await ask('PATCH', `${place}/environment`, { set: { TURSO_URL: turso, TURSO_TOKEN: tursoToken, DATABASE_URL: neon } });
  await ask('POST', `${place}/deployments`, { app, provider: providers[place] });
}
report(url, () => miniflare.dispose());
