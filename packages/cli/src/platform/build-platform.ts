/**
 * Builds what runs in workerd: the engine runtime and the auth isolate (text modules), and the Worker that brings them along.
 *
 * A build whose inputs have not changed is reused, which takes a few milliseconds.
 */
import { access } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import type { BuildOptions } from 'esbuild';
import type { ArtefactSize } from './artefact-size.ts';
import { readFreshRecord, stampAll, writeRecord } from './build-record.ts';
import { buildAuth } from './build-auth.ts';
import { buildRuntime } from './build-runtime.ts';
import { buildWorker } from './build-worker.ts';
import { checkoutRoot, platformFiles } from './checkout.ts';
import { writeAtomically } from './write-atomically.ts';

export interface PlatformBuildOptions {
  /** Where the folder `worker` goes. Builds with different options need different folders. */
  readonly outdir?: string;
  /** Constants compiled into runtime and Worker, as in esbuild's `define`. */
  readonly define?: Readonly<Record<string, string>>;
  /** False keeps names and lines, for profiles. */
  readonly minify?: boolean;
}

export interface PlatformBuild {
  /** The Worker's main module, in a folder with the others. */
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
    workerPath: join(outdir, 'worker', 'worker.js'),
    runtimePath: join(outdir, 'worker', 'runtime.txt'),
    record: join(outdir, 'build.json'),
    // Without options of its own, a build is the one that wrangler and the tests in workerd import too.
    shared: Object.keys(define).length === 0 && minify ? { runtime: platformFiles.runtimeText, auth: platformFiles.authText } : null,
  };
  const identity = JSON.stringify({ format: 5, define, minify });

  const fresh = await readFreshRecord(place.record, identity);
  if (
    fresh !== null &&
    (await allExist([place.workerPath, place.runtimePath, platformFiles.openApiText, ...Object.values(place.shared ?? {})]))
  ) {
    return { workerPath: place.workerPath, runtimePath: place.runtimePath, sizes: fresh.sizes, reused: true };
  }

  const runtime = await buildRuntime({ ...forWorkerd, define, minify }).catch(doesNotBuild);
  const auth = await buildAuth({ ...forWorkerd, define, minify }).catch(doesNotBuild);
  if (place.shared !== null) {
    await writeAtomically(place.shared.runtime, runtime.text);
    await writeAtomically(place.shared.auth, auth.text);
  }
  // Loaded only to build: no start of `bb dev` waits for it.
  const openApi = await (await import('./openapi-text.ts')).openApiText();
  await writeAtomically(platformFiles.openApiText, openApi.text);
  const worker = await buildWorker({
    ...forWorkerd,
    define,
    minify,
    folder: dirname(place.workerPath),
    texts: { 'engine/dist/runtime.txt': runtime.text, 'auth/dist/auth.txt': auth.text },
  }).catch(doesNotBuild);
  const sizes = [...runtime.sizes, ...auth.sizes, ...worker.sizes];
  const inputs = new Set([
    ...[...runtime.inputs, ...auth.inputs, ...worker.inputs].filter(isFile),
    ...openApi.inputs,
    relative(checkoutRoot, platformFiles.lockfile),
  ]);
  await writeRecord(place.record, { options: identity, stamps: await stampAll(inputs), sizes });
  return { workerPath: place.workerPath, runtimePath: place.runtimePath, sizes, reused: false };
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

function doesNotBuild(cause: unknown): never {
  throw new BetterBaseError('platform/does-not-build', `The platform does not build: ${String(cause)}`, {
    hint: 'This is not about your app. Run `npm ci` in the BetterBase folder and try again.',
    cause,
  });
}

/** Of the inputs, those that are no module of a plugin. */
function isFile(input: string): boolean {
  return !input.includes(':');
}

async function allExist(paths: readonly string[]): Promise<boolean> {
  const results = await Promise.allSettled(paths.map((path) => access(path)));
  return results.every(({ status }) => status === 'fulfilled');
}
