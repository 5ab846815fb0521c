export * from './apply-migrations.ts';
export * from './artefact-size.ts';
export * from './browser-sizes.ts';
export * from './build-platform.ts';
export * from './build-static.ts';
export { platformFiles } from './checkout.ts';
export * from './platform-options.ts';
export * from './required-node-modules.ts';
