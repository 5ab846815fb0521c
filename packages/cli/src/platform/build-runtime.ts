/**
 * Builds what shares an isolate with a project's code: one module for each part that an isolate can be asked to have, and
 * modules for what several parts use. All of them go into one text, which the Worker brings along.
 */
import { basename, join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { type ArtefactSize, measureArtefact } from './artefact-size.ts';
import { platformFiles } from './checkout.ts';
import { closure, moduleGraph, startClosure } from './module-graph.ts';
import { moduleText } from './module-text.ts';

const parts = ['runtime', 'engine', 'edge', 'embedded', 'remote'] as const;

/** What the isolates of a project start with: the language, who drives it, and the store it needs. */
const isolates = {
  'engine, embedded': ['runtime', 'engine', 'embedded'],
  'engine, remote': ['runtime', 'engine', 'remote'],
  'edge isolate': ['runtime', 'edge'],
} as const satisfies Readonly<Record<string, readonly Part[]>>;

type Part = (typeof parts)[number];

export interface BuiltRuntime {
  /** `durable-objects/engine/runtime-text.ts` reads it. */
  readonly text: string;
  readonly inputs: readonly string[];
  readonly sizes: readonly ArtefactSize[];
}

export async function buildRuntime(options: BuildOptions): Promise<BuiltRuntime> {
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints: parts.map((part) => join(platformFiles.engineFolder, `${part}.ts`)),
    entryNames: '[name]',
    chunkNames: 'shared-[hash]',
    outdir: join(platformFiles.engineFolder, 'dist'),
    splitting: true,
    metafile: true,
    write: false,
  });
  const modules = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const graph = moduleGraph(metafile);
  const closures = Object.fromEntries(parts.map((part) => [part, [...closure(graph, `${part}.js`)]]));
  const sizes = Object.entries(isolates).map(([name, wanted]) => {
    const loaded = new Set(wanted.flatMap((part) => [...startClosure(graph, `${part}.js`)]));
    return measureArtefact(name, [...loaded].map((module) => modules.get(module) ?? '').join(''));
  });
  return { text: moduleText(modules, closures), inputs: Object.keys(metafile.inputs), sizes };
}
