/**
 * Builds what runs in workerd: the engine runtime and the auth isolate (text modules), and the gateway Worker with every object in it.
 *
 * A build whose inputs have not changed is reused, which takes a few milliseconds.
 */
import { access } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import { build, type BuildOptions, type BuildResult, type Plugin } from 'esbuild';
import { type ArtefactSize, measureArtefact } from './artefact-size.ts';
import { readFreshRecord, stampAll, writeRecord } from './build-record.ts';
import { buildAuth } from './build-auth.ts';
import { buildRuntime } from './build-runtime.ts';
import { checkoutRoot, platformFiles } from './checkout.ts';
import { writeAtomically } from './write-atomically.ts';

export interface PlatformBuildOptions {
  /** Where `worker.js` goes. Builds with different options need different folders. */
  readonly outdir?: string;
  /** Constants compiled into runtime and Worker, as in esbuild's `define`. */
  readonly define?: Readonly<Record<string, string>>;
  /** False keeps names and lines, for profiles. */
  readonly minify?: boolean;
}

export interface PlatformBuild {
  /** One ES module, ready for Miniflare. */
  readonly workerPath: string;
  readonly runtimePath: string;
  readonly sizes: readonly ArtefactSize[];
  /** True if an earlier build was still right. */
  readonly reused: boolean;
}

/** @throws BetterBaseError `platform/does-not-build` */
export async function buildPlatform(options: PlatformBuildOptions = {}): Promise<PlatformBuild> {
  const outdir = options.outdir ?? platformFiles.artefacts;
  const { define = {}, minify = true } = options;
  const place = {
    workerPath: join(outdir, 'worker.js'),
    runtimePath: join(outdir, 'runtime.txt'),
    record: join(outdir, 'build.json'),
    // Without options of its own, a build is the one that wrangler and the tests in workerd import too.
    shared: Object.keys(define).length === 0 && minify ? { runtime: platformFiles.runtimeText, auth: platformFiles.authText } : null,
  };
  const identity = JSON.stringify({ format: 3, define, minify });

  const fresh = await readFreshRecord(place.record, identity);
  if (
    fresh !== null &&
    (await allExist([place.workerPath, place.runtimePath, platformFiles.openApiText, ...Object.values(place.shared ?? {})]))
  ) {
    return { workerPath: place.workerPath, runtimePath: place.runtimePath, sizes: fresh.sizes, reused: true };
  }

  const runtime = await buildRuntime({ ...forWorkerd, define, minify }).catch(doesNotBuild);
  const auth = await buildAuth({ ...forWorkerd, define, minify }).catch(doesNotBuild);
  const texts = { runtime: runtime.text, auth: auth.text };
  if (place.shared !== null) {
    await writeAtomically(place.shared.runtime, texts.runtime);
    await writeAtomically(place.shared.auth, texts.auth);
  }
  // Loaded only to build: no start of `bb dev` waits for it.
  const openApi = await (await import('./openapi-text.ts')).openApiText();
  await writeAtomically(platformFiles.openApiText, openApi.text);
  const worker = await bundle({ entryPoints: [platformFiles.workerEntry], define, minify, plugins: [builtTexts(texts)] });
  const sizes = [...runtime.sizes, auth.size, measureArtefact('Worker with the runtime', worker.code)];
  await writeAtomically(place.runtimePath, runtime.text);
  await writeAtomically(place.workerPath, worker.code);
  const inputs = new Set([
    ...[...runtime.inputs, ...auth.inputs].filter(isFile),
    ...worker.inputs,
    ...openApi.inputs,
    relative(checkoutRoot, platformFiles.lockfile),
  ]);
  await writeRecord(place.record, { options: identity, stamps: await stampAll(inputs), sizes });
  return { workerPath: place.workerPath, runtimePath: place.runtimePath, sizes, reused: false };
}

interface Bundled {
  readonly code: string;
  readonly inputs: readonly string[];
}

const forWorkerd: BuildOptions = {
  bundle: true,
  format: 'esm',
  platform: 'browser',
  conditions: ['workerd', 'worker', 'browser'],
  target: 'es2024',
  external: ['cloudflare:*', 'node:*'],
  loader: { '.txt': 'text', '.sql': 'text' },
  legalComments: 'none',
  absWorkingDir: checkoutRoot,
  logLevel: 'silent',
};

async function bundle(options: BuildOptions): Promise<Bundled> {
  const result = await build({ ...forWorkerd, ...options, write: false, metafile: true }).catch(doesNotBuild);
  return { code: onlyOutput(result), inputs: Object.keys(result.metafile.inputs).filter(isFile) };
}

function doesNotBuild(cause: unknown): never {
  throw new BetterBaseError('platform/does-not-build', `The platform does not build: ${String(cause)}`, {
    hint: 'This is not about your app. Run `npm ci` in the BetterBase folder and try again.',
    cause,
  });
}

function onlyOutput(result: BuildResult): string {
  const [file] = result.outputFiles ?? [];
  if (file === undefined) throw new Error('esbuild wrote no output');
  return file.text;
}

/** Of the inputs, those that are no module of a plugin. */
function isFile(input: string): boolean {
  return !input.includes(':');
}

/** Puts what was just built where the Worker imports the built texts, so that no stale file can get in. */
function builtTexts(texts: { readonly runtime: string; readonly auth: string }): Plugin {
  return {
    name: 'built-texts',
    setup(builder) {
      builder.onResolve({ filter: /engine\/dist\/runtime\.txt$/ }, () => ({ path: 'runtime.txt', namespace: 'built-text' }));
      builder.onResolve({ filter: /auth\/dist\/auth\.txt$/ }, () => ({ path: 'auth.txt', namespace: 'built-text' }));
      builder.onLoad({ filter: /.*/, namespace: 'built-text' }, ({ path }) => ({
        contents: path === 'auth.txt' ? texts.auth : texts.runtime,
        loader: 'text',
      }));
    },
  };
}

async function allExist(paths: readonly string[]): Promise<boolean> {
  const results = await Promise.allSettled(paths.map((path) => access(path)));
  return results.every(({ status }) => status === 'fulfilled');
}
