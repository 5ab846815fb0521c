/** `_generated/drizzle` is made of the schema as it is now, whether the file has been written or not. */
import { dirname, join, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { drizzleSchema } from '../codegen/drizzle-schema.ts';
import type { AppFolder } from '../workspace/app-folder.ts';

const namespace = 'betterbase-generated';

export function drizzlePlugin(app: AppFolder): Plugin {
  return {
    name: 'betterbase-drizzle',
    setup(build) {
      build.onResolve({ filter: /_generated\/drizzle(?:\.js|\.ts)?$/ }, ({ path, importer, resolveDir }) => {
        const target = resolve(resolveDir === '' ? dirname(importer) : resolveDir, path).replace(/\.(?:js|ts)$/, '');
        return target === join(app.generated, 'drizzle') ? { path: 'drizzle', namespace } : null;
      });
      build.onLoad({ filter: /^drizzle$/, namespace }, async () => ({
        contents: await drizzleSchema(app),
        // The folder it will be in may not be there yet.
        resolveDir: app.source,
        loader: 'ts',
      }));
    },
  };
}
