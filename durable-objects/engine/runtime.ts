/** The entry of `runtime.js`: the language that a project's bundle imports. */
export * from '@betterbase/core/runtime';
export { nodeBuiltin } from './node-modules.ts';
