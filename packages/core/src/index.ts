export * from './errors/app-error.ts';
export * from './errors/betterbase-error.ts';
export * from './errors/codes.ts';
export * from './values/value.ts';
