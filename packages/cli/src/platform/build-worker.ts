/**
 * Builds the gateway Worker with every object in it, as a folder of modules: what it starts with, drivers of databases that
 * it loads when a project needs them, and the texts that it loads as isolates of their own. wrangler deploys that folder as it
 * is, and `bb dev` and the tests run the same one.
 */
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { type ArtefactSize, measureArtefact } from './artefact-size.ts';
import { platformFiles } from './checkout.ts';
import { moduleGraph, startClosure } from './module-graph.ts';
import { requiredNodeModules } from './required-node-modules.ts';
import { writeAtomically } from './write-atomically.ts';

const main = 'worker.js';

export interface WorkerBuildOptions extends BuildOptions {
  /** What was just built, by the end of the path it is imported by, so that no stale file can get in. Other texts are copied. */
  readonly texts: Readonly<Record<string, string>>;
  /** Holds the Worker's modules afterwards, and nothing else. */
  readonly folder: string;
}

export interface BuiltWorker {
  /** The main module. */
  readonly path: string;
  readonly inputs: readonly string[];
  readonly sizes: readonly ArtefactSize[];
}

export async function buildWorker({ texts, folder, ...options }: WorkerBuildOptions): Promise<BuiltWorker> {
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints: { worker: platformFiles.workerEntry },
    chunkNames: 'shared-[hash]',
    assetNames: '[name]',
    loader: { ...options.loader, '.txt': 'copy' },
    outdir: folder,
    splitting: true,
    // Cloudflare tells our names and lines by them; the runtime does not read them.
    sourcemap: 'linked',
    sourcesContent: false,
    plugins: [modulesOfText(Object.keys(texts)), requiredNodeModules],
    metafile: true,
    write: false,
  });
  const modules = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  for (const [path, text] of Object.entries(texts)) modules.set(basename(path), text);

  // The main module last: whoever reads it finds the others.
  for (const [name, text] of [...modules].toSorted(([one], [other]) => Number(one === main) - Number(other === main)))
    await writeAtomically(join(folder, name), text);
  const left = (await readdir(folder)).filter((name) => !modules.has(name) && !name.endsWith('.draft'));
  await Promise.all(left.map((name) => rm(join(folder, name), { force: true, recursive: true })));

  const measure = (name: string, parts: Iterable<string>): ArtefactSize =>
    measureArtefact(name, [...parts].map((part) => modules.get(part) ?? '').join(''));
  const uploaded = [...modules.keys()].filter((name) => !name.endsWith('.map'));
  return {
    path: join(folder, main),
    inputs: Object.keys(metafile.inputs),
    sizes: [measure('gateway Worker', startClosure(moduleGraph(metafile), main)), measure('Worker with all modules', uploaded)],
  };
}

/** Leaves these imports to the runtime. */
function modulesOfText(paths: readonly string[]): Plugin {
  return {
    name: 'modules-of-text',
    setup(builder) {
      builder.onResolve({ filter: /\.txt$/ }, ({ path }) => {
        const known = paths.find((each) => path.endsWith(each));
        return known === undefined ? null : { path: `./${basename(known)}`, external: true };
      });
    },
  };
}
