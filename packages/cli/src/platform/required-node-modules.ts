import { builtinModules } from 'node:module';
import type { Plugin } from 'esbuild';

/** Modules of Node that older packages `require`: the runtime has them for `import` alone. */
export const requiredNodeModules: Plugin = {
  name: 'required-node-modules',
  setup(builder) {
    const namespace = 'required-node-module';
    builder.onResolve({ filter: /^[a-z]/ }, ({ path, kind }) => {
      if (!builtinModules.includes(path)) return null;
      return kind === 'require-call' ? { path, namespace } : { path: `node:${path}`, external: true };
    });
    builder.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `export * from 'node:${path}'; export { default } from 'node:${path}';`,
    }));
  },
};
