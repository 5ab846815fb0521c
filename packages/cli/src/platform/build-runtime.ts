/**
 * Builds what shares an isolate with a project's code: one module for each part that an isolate can be asked to have, and
 * modules for what several parts use. All of them go into one text, which the Worker brings along.
 */
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import { type ArtefactSize, measureArtefact } from './artefact-size.ts';
import { platformFiles } from './checkout.ts';

const parts = ['runtime', 'engine', 'edge', 'embedded', 'remote'] as const;

/** What the isolates of a project start with: the language, who drives it, and the store it needs. */
const isolates = {
  'engine, embedded': ['runtime', 'engine', 'embedded'],
  'engine, remote': ['runtime', 'engine', 'remote'],
  'edge isolate': ['runtime', 'edge'],
} as const satisfies Readonly<Record<string, readonly Part[]>>;

type Part = (typeof parts)[number];
type ModuleImport = Metafile['outputs'][string]['imports'][number];

export interface BuiltRuntime {
  /** First a line of JSON that says where each module begins, then the modules; `durable-objects/engine/runtime-text.ts` reads it. */
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
  const closures = Object.fromEntries(parts.map((part) => [part, [...closure(`${part}.js`, importsOf(metafile))]]));
  const atStart = importsOf(metafile, ({ kind }) => kind !== 'dynamic-import');
  const sizes = Object.entries(isolates).map(([name, wanted]) => {
    const loaded = new Set(wanted.flatMap((part) => [...closure(`${part}.js`, atStart)]));
    return measureArtefact(name, [...loaded].map((module) => modules.get(module) ?? '').join(''));
  });
  return { text: encode(modules, closures), inputs: Object.keys(metafile.inputs), sizes };
}

/** The modules that each module imports. */
function importsOf(metafile: Metafile, counts: (each: ModuleImport) => boolean = () => true): ReadonlyMap<string, readonly string[]> {
  const outputs = Object.entries(metafile.outputs).map(([path, { imports }]): [string, readonly string[]] => {
    return [basename(path), imports.filter((each) => each.external !== true && counts(each)).map((each) => basename(each.path))];
  });
  return new Map(outputs);
}

function closure(module: string, imports: ReadonlyMap<string, readonly string[]>, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(module)) return found;
  found.add(module);
  for (const other of imports.get(module) ?? []) closure(other, imports, found);
  return found;
}

function encode(modules: ReadonlyMap<string, string>, closures: Readonly<Record<string, readonly string[]>>): string {
  const print = createHash('sha256');
  for (const [name, text] of modules) print.update(`${name}\n${text}`);
  const index = {
    print: print.digest('hex').slice(0, 16),
    modules: [...modules].map(([name, { length }]) => [name, length]),
    parts: closures,
  };
  return [`${JSON.stringify(index)}\n`, ...modules.values()].join('');
}
