/** How imports of an app's code are resolved. */
import { dirname, join, relative, resolve } from 'node:path';
import type { OnLoadResult, Plugin } from 'esbuild';
import { generatedModules } from '../codegen/generated-files.ts';
import type { AppFolder } from '../workspace/app-folder.ts';
import { appEntry, type AppSettings } from './app-entry.ts';
import { convexModule, convexNamespace } from './convex-module.ts';
import { nodeModule, nodeModuleName, nodeNamespace } from './node-module.ts';
import { findAppModules } from './function-modules.ts';

export const entryName = 'betterbase-app';
export const entryNamespace = 'betterbase-entry';
const generatedNamespace = 'betterbase-generated';

/** The platform puts its runtime beside the app under this name. */
const runtime = { path: './runtime.js', external: true } as const;

/** `settings` is asked at every build. */
export function appPlugin(app: AppFolder, settings: () => AppSettings): Plugin {
  return {
    name: 'betterbase-app',
    setup(build) {
      build.onResolve({ filter: /^betterbase-app$/ }, ({ kind }) =>
        kind === 'entry-point' ? { path: entryName, namespace: entryNamespace } : null,
      );
      build.onLoad({ filter: /.*/, namespace: entryNamespace }, () => loadEntry(app, settings()));

      build.onResolve({ filter: /^@betterbase\/core(?:\/runtime)?$/ }, () => ({ ...runtime, sideEffects: false }));
      // Code written for Convex, an app's own and that of libraries.
      build.onResolve({ filter: /^convex\/(?:server|values)$/ }, ({ path }) => ({ path, namespace: convexNamespace, sideEffects: false }));
      build.onLoad({ filter: /.*/, namespace: convexNamespace }, () => ({ contents: convexModule, resolveDir: app.source }));

      build.onResolve({ filter: /^[a-z][\w:/]*$/ }, ({ path }) => {
        const name = nodeModuleName(path);
        return name === null ? null : { path: name, namespace: nodeNamespace, sideEffects: false };
      });
      build.onLoad({ filter: /.*/, namespace: nodeNamespace }, ({ path }) => ({ contents: nodeModule(path), resolveDir: app.source }));

      build.onResolve({ filter: /_generated\/(?:server|api)(?:\.js|\.ts)?$/ }, ({ path, importer, resolveDir }) => {
        const target = resolve(resolveDir === '' ? dirname(importer) : resolveDir, path);
        const name = relative(app.generated, target).replace(/\.(?:js|ts)$/, '');
        return name === 'server' || name === 'api' ? { path: name, namespace: generatedNamespace, sideEffects: false } : null;
      });
      build.onLoad({ filter: /.*/, namespace: generatedNamespace }, ({ path }) => ({
        contents: generatedModules(app.dialect)[path === 'server' ? 'server' : 'api'],
        resolveDir: app.generated,
      }));
    },
  };
}

async function loadEntry(app: AppFolder, settings: AppSettings): Promise<OnLoadResult> {
  const modules = await findAppModules(app.source);
  const errors = modules.problems.map(({ file, text }) => ({ text, location: { file: relative(app.root, join(app.source, file)) } }));
  return { contents: appEntry(modules, settings), resolveDir: app.source, loader: 'js', errors };
}
