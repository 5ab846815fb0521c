export * from './system-paths.ts';
export * from './deployment.ts';
export * from './logs.ts';
export * from './messages.ts';
export * from './wire-error.ts';
