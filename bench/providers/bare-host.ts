/** A process that serves the baselines by hand until its parent goes. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { report } from '../server/report.ts';
import { places } from './place.ts';

const [folder = '', addresses = '{}'] = process.argv.slice(2);
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('./worker.ts', import.meta.url))],
  bundle: true,
  minify: true,
  write: false,
  format: 'esm',
  platform: 'browser',
  conditions: ['workerd', 'worker', 'browser'],
  target: 'es2024',
  external: ['cloudflare:*', 'node:*'],
});
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    name: 'bare',
    modules: true,
    script: outputFiles[0]?.text ?? '',
    compatibilityDate: '2026-10-23',
    compatibilityFlags: ['nodejs_compat'],
    d1Databases: { APP_DB: 'bare' },
    bindings: { ADDRESSES: JSON.parse(addresses) as Record<string, string> },
    unsafeDirectSockets: [{ host: '127.0.0.1' }],
    resourcePersistencePath: folder,
  }),
);
await miniflare.ready;
const url = await miniflare.unsafeGetDirectURL();
for (const place of places) {
  if (place === 'embedded') continue;
  const opened = await fetch(new URL(`/${place}`, url), { method: 'POST', body: JSON.stringify({ do: 'open' }) });
  if (!opened.ok) throw new Error(`The baseline of ${place} does not open: ${await opened.text()}`);
}
report(url, () => miniflare.dispose());
