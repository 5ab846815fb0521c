export * from './random/random-value.ts';
export * from './random/seeded.ts';
export * from './random/random-manifest.ts';
export * from './random/random-validator.ts';
export * from './backend/index.ts';
export * from './issuer/index.ts';
