/** A process that serves the bare baseline until its parent goes: Miniflare with a socket straight into the Worker. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { report } from '../server/report.ts';

const [folder = '', inspectorPort] = process.argv.slice(2);
const entry = fileURLToPath(new URL('./worker.ts', import.meta.url));
const { outputFiles } = await build({ entryPoints: [entry], bundle: true, write: false, format: 'esm', target: 'es2023' });

const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    name: 'bare',
    modules: true,
    script: outputFiles[0]?.text ?? '',
    compatibilityDate: '2026-10-01',
    durableObjects: { LISTS: { className: 'Lists', useSQLite: true } },
    unsafeDirectSockets: [{ host: '127.0.0.1' }],
    resourcePersistencePath: folder,
    ...(inspectorPort === undefined ? {} : { inspectorPort: Number(inspectorPort) }),
  }),
);
await miniflare.ready;
report(await miniflare.unsafeGetDirectURL(), () => miniflare.dispose());
