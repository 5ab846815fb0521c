/**
 * Turns an app's `betterbase` folder into the one module that is deployed.
 *
 * Holds: an esbuild context, so that building again after a change takes a few milliseconds.
 * Writes nothing.
 */
import { existsSync } from 'node:fs';
import { basename, relative } from 'node:path';
import {
  BetterBaseError,
  defaultRowSecurity,
  embeddedProvider,
  fixedLimits,
  type ProviderManifest,
  type RowSecuritySettings,
} from '@betterbase/core';
import { sendProvider } from '@betterbase/core/config';
import { type BuildFailure, context } from 'esbuild';
import { type AppFolder, findApp } from '../workspace/app-folder.ts';
import { configPath, readConfig } from '../workspace/read-config.ts';
import type { AppSettings } from './app-entry.ts';
import { appPlugin, entryName } from './app-plugin.ts';
import { drizzlePlugin } from './drizzle-plugin.ts';
import { buildError } from './build-problem.ts';
import { refuseLacking } from './lacking.ts';
import { policyFiles, readPolicies } from './read-policies.ts';

const maxBundleBytes = fixedLimits.deploymentBytes.value;

export interface AppBundle {
  /** The module, ready to be `DeploymentBundle.app`. */
  readonly app: string;
  /** Where its documents rest. Goes beside the module, not in it. */
  readonly provider: ProviderManifest;
  /** As betterbase.config.ts has it; in the module, too. */
  readonly rls: RowSecuritySettings;
  /** Source map as JSON. Stays on this machine. */
  readonly map: string;
  readonly bytes: number;
  /** Files that went in, relative to the app's folder. */
  readonly inputs: readonly string[];
  /** What each file adds to the bundle, the largest first. */
  readonly parts: readonly BundlePart[];
}

export interface BundlePart {
  readonly file: string;
  readonly bytes: number;
}

export interface AppBundler {
  /** @throws BetterBaseError `bundle/bad-code`, `bundle/unresolved-import`, `bundle/node-import`, `deployment/too-large`, `config/invalid`, `policy/invalid`, `provider/cannot` */
  build(): Promise<AppBundle>;
  dispose(): Promise<void>;
}

/** @param instead a provider to be deployed with, whatever the configuration says. */
export async function createAppBundler(app: AppFolder, instead?: ProviderManifest): Promise<AppBundler> {
  let settings: AppSettings = { limits: undefined, policies: [] };
  const builder = await startBuilder(app, () => settings);
  const build = async (): Promise<AppBundle> => {
    // The rest of the configuration is for this machine, and may hold secrets.
    const config = await readConfig(app);
    const rls = config?.rls ?? defaultRowSecurity;
    settings = { limits: config?.limits, policies: await readPolicies(app), rls };
    const provider = instead ?? (config === null ? embeddedProvider : sendProvider(config.provider));
    const bundle = await buildOnce(builder, app);
    refuseLacking(bundle, provider);
    return { ...bundle, provider, rls };
  };
  return { build, dispose: () => builder.dispose() };
}

/** One build of the app in a folder, for those who do not watch. */
export async function bundleApp(folder: string, instead?: ProviderManifest): Promise<AppBundle> {
  const bundler = await createAppBundler(await findApp(folder), instead);
  try {
    return await bundler.build();
  } finally {
    await bundler.dispose();
  }
}

type Builder = Awaited<ReturnType<typeof startBuilder>>;
type Built = Awaited<ReturnType<Builder['rebuild']>>;

function startBuilder(app: AppFolder, settings: () => AppSettings) {
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
    plugins: [drizzlePlugin(app), appPlugin(app, settings)],
    sourcemap: 'external',
    legalComments: 'none',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
}

async function buildOnce(builder: Builder, app: AppFolder): Promise<Omit<AppBundle, 'provider' | 'rls'>> {
  const built = await rebuild(builder, app);
  const bundle = await toBundle(built, app);
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

async function toBundle(built: Built, folder: AppFolder): Promise<Omit<AppBundle, 'provider' | 'rls'>> {
  const app = built.outputFiles.find((file) => file.path.endsWith('.js'))?.text ?? '';
  const map = built.outputFiles.find((file) => file.path.endsWith('.map'))?.text ?? '';
  const output = Object.entries(built.metafile.outputs).find(([path]) => path.endsWith('.js'))?.[1];
  const parts = Object.entries(output?.inputs ?? {}).map(([file, { bytesInOutput }]) => ({ file, bytes: bytesInOutput }));
  return {
    app,
    map,
    bytes: Buffer.byteLength(app),
    inputs: [...Object.keys(built.metafile.inputs).filter(isRealFile), ...configOf(folder), ...(await policiesOf(folder))],
    parts: parts.filter(({ file }) => isRealFile(file)).sort((one, other) => other.bytes - one.bytes),
  };
}

/** Its limits are part of the bundle. */
function configOf(folder: AppFolder): string[] {
  const path = configPath(folder);
  return existsSync(path) ? [basename(path)] : [];
}

/** What they say is part of the bundle, parsed. */
async function policiesOf(folder: AppFolder): Promise<string[]> {
  return (await policyFiles(folder)).map((file) => relative(folder.root, file));
}

function isRealFile(input: string): boolean {
  return !/^betterbase-(?:entry|generated|convex|node):/.test(input);
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
