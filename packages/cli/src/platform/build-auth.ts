/**
 * Builds the isolate in which people sign in: what each project needs, and modules that are loaded where a project's settings or
 * somebody's device ask for them. All go into one text, which the Worker brings along and loads when somebody signs in.
 */
import { basename, dirname } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { type ArtefactSize, measureArtefact } from './artefact-size.ts';
import { platformFiles } from './checkout.ts';
import { closure, moduleGraph, startClosure } from './module-graph.ts';
import { moduleText } from './module-text.ts';

const main = 'isolate.js';

export interface BuiltAuth {
  /** `workers/gateway/auth-isolate.ts` reads it. */
  readonly text: string;
  readonly inputs: readonly string[];
  readonly sizes: readonly ArtefactSize[];
}

export async function buildAuth(options: BuildOptions): Promise<BuiltAuth> {
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints: { isolate: platformFiles.authEntry },
    chunkNames: 'shared-[hash]',
    outdir: dirname(platformFiles.authText),
    splitting: true,
    metafile: true,
    write: false,
  });
  const modules = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const graph = moduleGraph(metafile);
  const measure = (name: string, parts: Iterable<string>): ArtefactSize =>
    measureArtefact(name, [...parts].map((part) => modules.get(part) ?? '').join(''));
  const all = [...closure(graph, main)];
  return {
    text: moduleText(modules, { isolate: all }),
    inputs: Object.keys(metafile.inputs),
    sizes: [measure('auth isolate', startClosure(graph, main)), measure('auth isolate with all modules', all)],
  };
}
