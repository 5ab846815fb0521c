export * from './app-bundler.ts';
export type { BuildProblem } from './build-problem.ts';
