export * from './bundle/index.ts';
export { type AppFolder, findApp } from './workspace/app-folder.ts';
