export * from './artefact-size.ts';
export * from './build-platform.ts';
export * from './platform-options.ts';
