/**
 * Builds the platform with one app compiled in: no Worker Loader needed, so it runs on any plan.
 *
 * The app shares its isolate with the platform there. Its own code gets the guest's clock, chance and network by name, put in
 * at build time; it is the account owner's own code, so that it could get around this by way of `globalThis` is accepted.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import { build, type Plugin } from 'esbuild';
import { type ArtefactSize, measureArtefact } from './artefact-size.ts';
import { buildPlatform } from './build-platform.ts';
import { platformFiles } from './checkout.ts';
import { requiredNodeModules } from './required-node-modules.ts';

export interface StaticBuildOptions {
  /** The app's module, as `bundleApp` makes it. */
  readonly app: string;
  readonly outdir: string;
}

export interface StaticBuild {
  /** One ES module for Miniflare or `wrangler deploy --no-bundle`. It wants the variable ENGINE_HOST=static. */
  readonly workerPath: string;
  readonly size: ArtefactSize;
}

/** The names that mean the guest's things in an app's code; `durable-objects/engine/guest.ts` exports them. */
const guestNames = 'Date Math crypto performance console fetch setTimeout setInterval setImmediate'
  .concat(' WebSocket EventSource XMLHttpRequest MessageChannel caches scheduler')
  .split(' ');

/** @throws BetterBaseError `platform/does-not-build` */
export async function buildStaticPlatform({ app, outdir }: StaticBuildOptions): Promise<StaticBuild> {
  // The gateway imports the runtime's text whichever host runs it.
  await buildPlatform();
  await mkdir(outdir, { recursive: true });
  const guested = await withGuestGlobals(app, outdir);
  const code = await bundleWorker(guested);
  const workerPath = join(outdir, 'worker.js');
  await writeFile(workerPath, code);
  return { workerPath, size: measureArtefact('Worker with the app', code) };
}

async function withGuestGlobals(app: string, outdir: string): Promise<string> {
  const inject = join(outdir, 'guest-names.js');
  await writeFile(inject, `export { ${guestNames.join(', ')} } from 'betterbase:guest';\n`);
  try {
    return await bundleText({
      stdin: { contents: app, loader: 'js', sourcefile: 'app.js' },
      inject: [inject],
      external: ['./runtime.js', 'betterbase:guest', 'node:*', 'cloudflare:*'],
    });
  } finally {
    await rm(inject, { force: true });
  }
}

async function bundleWorker(app: string): Promise<string> {
  const plugin: Plugin = {
    name: 'static-app',
    setup(builder) {
      builder.onResolve({ filter: /^betterbase:app$/ }, () => ({ path: 'app.js', namespace: 'static-app' }));
      builder.onLoad({ filter: /.*/, namespace: 'static-app' }, () => ({ contents: app, loader: 'js' }));
      builder.onResolve({ filter: /^\.\/runtime\.js$/, namespace: 'static-app' }, () => ({ path: platformFiles.runtimeEntry }));
      builder.onResolve({ filter: /^betterbase:guest$/ }, () => ({ path: platformFiles.guest }));
    },
  };
  return await bundleText({
    entryPoints: [platformFiles.staticEntry],
    external: ['node:*', 'cloudflare:*'],
    plugins: [plugin, requiredNodeModules],
    minify: true,
    loader: { '.txt': 'text', '.sql': 'text' },
  });
}

async function bundleText(options: Parameters<typeof build>[0]): Promise<string> {
  const result = await build({
    bundle: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['workerd', 'worker', 'browser'],
    target: 'es2024',
    legalComments: 'none',
    logLevel: 'silent',
    ...options,
    write: false,
  }).catch((cause: unknown) => {
    throw new BetterBaseError('platform/does-not-build', `The platform does not build with this app: ${String(cause)}`, {
      hint: 'Build the app alone with `bb build` to see its own errors.',
      cause,
    });
  });
  return result.outputFiles?.[0]?.text ?? '';
}
