/**
 * A process that serves the platform as `bb dev` and `wrangler.toml` describe it, with the benchmark's app deployed, until
 * its parent goes. What differs from `bb dev`: no watching, no developer's checks, a socket straight into the Worker, and no
 * dashboard, for which Miniflare would put two Workers of its own in front of ours.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Miniflare } from 'miniflare';
import { bundleApp } from '@betterbase/cli';
import { applyMigrations, buildPlatform, platformOptions } from '@betterbase/cli/platform';
import { report } from '../server/report.ts';
import { adminKey, project } from './project.ts';
import { withoutDashboard } from './without-dashboard.ts';

/** All come from one address, and are counted all the same. */
const unreached = '{"call": 1000000000, "socket": 1000000000}';

const [folder = '', inspectorPort] = process.argv.slice(2);
// A profile wants names.
const { workerPath } = await buildPlatform(inspectorPort === undefined ? {} : { minify: false, outdir: join(folder, 'platform') });
const options = await platformOptions({ workerPath, adminKey, state: folder, vars: { RATE_LIMITS: unreached } });
const miniflare = new Miniflare({
  ...withoutDashboard(options),
  ...(inspectorPort === undefined ? {} : { inspectorPort: Number(inspectorPort) }),
});
await miniflare.ready;
await applyMigrations(await miniflare.getD1Database('DB'));
const url = await miniflare.unsafeGetDirectURL();

const { app } = await bundleApp(fileURLToPath(new URL('../app', import.meta.url)));
const answer = await fetch(new URL(`/admin/projects/${project}/deployments`, url), {
  method: 'POST',
  headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
  body: JSON.stringify({ app }),
});
if (!answer.ok) throw new Error(`The benchmark's app does not deploy: ${await answer.text()}`);
report(url, () => miniflare.dispose());
