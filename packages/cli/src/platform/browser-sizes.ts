/** What apps in browsers download of ours, minified and bundled as they would. */
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { type ArtefactSize, measureArtefact } from './artefact-size.ts';
import { checkoutRoot } from './checkout.ts';
import { moduleGraph, startClosure } from './module-graph.ts';

const client = ['packages/client/src/index.ts'];
const clientWithAuth = [...client, 'packages/client/src/auth/index.ts'];

/** The hooks as what an app pays for them on top of the client, which they are never without. */
export async function measureBrowserPackages(): Promise<readonly ArtefactSize[]> {
  const withAuth = await measured('both entries of the client', clientWithAuth);
  return [
    await measured('client', client),
    // As an app has them that imports its client from there.
    await measured('client with auth', ['packages/client/src/auth/index.ts']),
    await measured('client with users', ['packages/client/src/users/index.ts']),
    lessThan(await measured('react', [...clientWithAuth, 'packages/react/src/index.ts']), withAuth),
    lessThan(await measured('react/convex', [...clientWithAuth, 'packages/react/src/convex/index.ts']), withAuth),
  ];
}

/** What is loaded at once; not what a call asks for. */
async function measured(artefact: string, entries: readonly string[]): Promise<ArtefactSize> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: reexported(entries), resolveDir: checkoutRoot },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    outdir: checkoutRoot,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external: ['react', 'react/jsx-runtime'],
    logLevel: 'silent',
  });
  const loaded = startClosure(moduleGraph(metafile), 'stdin.js');
  return measureArtefact(artefact, outputFiles.flatMap(({ path, text }) => (loaded.has(basename(path)) ? [text] : [])).join(''));
}

function reexported(entries: readonly string[]): string {
  const [only] = entries;
  return entries.length === 1 && only !== undefined
    ? `export * from ${JSON.stringify(join(checkoutRoot, only))};`
    : entries.map(reexport).join('\n');
}

/** Under names of their own, so that none hides another. */
function reexport(entry: string, at: number): string {
  return `export * as part${at} from ${JSON.stringify(join(checkoutRoot, entry))};`;
}

function lessThan(whole: ArtefactSize, base: ArtefactSize): ArtefactSize {
  return { artefact: whole.artefact, raw: whole.raw - base.raw, gzip: whole.gzip - base.gzip };
}
