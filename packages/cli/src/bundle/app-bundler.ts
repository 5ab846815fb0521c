/**
 * Turns an app's `betterbase` folder into the one module that is deployed.
 *
 * Holds: an esbuild context, so that building again after a change takes a few milliseconds.
 * Writes nothing.
 */
import { builtinModules } from 'node:module';
import { BetterBaseError } from '@betterbase/core';
import { type BuildFailure, context, type Plugin } from 'esbuild';
import { type AppFolder, findApp } from '../workspace/app-folder.ts';
import { appPlugin, entryName } from './app-plugin.ts';
import { buildError } from './build-problem.ts';
import { refuseNodeImports } from './node-imports.ts';

export const maxBundleBytes = 8 * 1024 * 1024;

export interface AppBundle {
  /** The module, ready to be `DeploymentBundle.app`. */
  readonly app: string;
  /** Source map as JSON. Stays on this machine. */
  readonly map: string;
  readonly bytes: number;
  /** Files that went in, relative to the app's folder. */
  readonly inputs: readonly string[];
}

export interface AppBundler {
  /** @throws BetterBaseError `bundle/bad-code`, `bundle/unresolved-import`, `bundle/node-import`, `deployment/too-large` */
  build(): Promise<AppBundle>;
  dispose(): Promise<void>;
}

export async function createAppBundler(app: AppFolder): Promise<AppBundler> {
  const builder = await startBuilder(app);
  return { build: () => buildOnce(builder, app), dispose: () => builder.dispose() };
}

/** One build of the app in a folder, for those who do not watch. */
export async function bundleApp(folder: string): Promise<AppBundle> {
  const bundler = await createAppBundler(await findApp(folder));
  try {
    return await bundler.build();
  } finally {
    await bundler.dispose();
  }
}

type Builder = Awaited<ReturnType<typeof startBuilder>>;
type Built = Awaited<ReturnType<Builder['rebuild']>>;

function startBuilder(app: AppFolder) {
  return context({
    entryPoints: [entryName],
    outfile: `${app.root}/app.js`,
    absWorkingDir: app.root,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['workerd', 'worker'],
    target: 'es2024',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    external: ['node:*', 'cloudflare:*'],
    plugins: [appPlugin(app), prefixNodeModules()],
    sourcemap: 'external',
    legalComments: 'none',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
}

async function buildOnce(builder: Builder, app: AppFolder): Promise<AppBundle> {
  const built = await rebuild(builder, app);
  await refuseNodeImports(built.metafile, app.root);
  const bundle = toBundle(built);
  if (bundle.bytes > maxBundleBytes) {
    throw new BetterBaseError('deployment/too-large', `The bundle is ${bundle.bytes} bytes and may have ${maxBundleBytes}.`, {
      hint: 'Look for a large dependency with `bb build`, and leave out what the backend does not need.',
    });
  }
  return bundle;
}

async function rebuild(builder: Builder, app: AppFolder): Promise<Built> {
  try {
    return await builder.rebuild();
  } catch (failure) {
    throw isBuildFailure(failure) ? await buildError(failure.errors, app.root) : failure;
  }
}

function toBundle(built: Built): AppBundle {
  const app = built.outputFiles.find((file) => file.path.endsWith('.js'))?.text ?? '';
  const map = built.outputFiles.find((file) => file.path.endsWith('.map'))?.text ?? '';
  const inputs = Object.keys(built.metafile.inputs).filter((input) => !/^betterbase-(?:entry|generated):/.test(input));
  return { app, map, bytes: Buffer.byteLength(app), inputs };
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

/** Packages written before the prefix say `crypto` and mean `node:crypto`. */
function prefixNodeModules(): Plugin {
  const names = builtinModules.filter((name) => !name.startsWith('_') && !name.includes(':')).map((name) => name.replace('/', '\\/'));
  return {
    name: 'node-prefix',
    setup(build) {
      build.onResolve({ filter: new RegExp(`^(?:${names.join('|')})$`) }, async ({ path, importer, resolveDir, kind, pluginData }) => {
        if (pluginData === 'node-prefix') return null;
        const installed = await build.resolve(path, { importer, resolveDir, kind, pluginData: 'node-prefix' });
        return installed.errors.length === 0 ? installed : { path: `node:${path}`, external: true };
      });
    },
  };
}
