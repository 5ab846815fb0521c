/** A whole backend in one process, for the tests of apps. For Node. */
export type { TestModules } from './app-modules.ts';
export * from './betterbase-test.ts';
