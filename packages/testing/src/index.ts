export * from './random/random-value.ts';
export * from './random/seeded.ts';
