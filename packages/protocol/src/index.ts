export * from './convex-failure.ts';
export * from './convex-log-lines.ts';
export * from './convex-timestamp.ts';
export * from './system-paths.ts';
export * from './deployment.ts';
export * from './logs.ts';
export * from './messages.ts';
export type * from './provider-report.ts';
export * from './wire-error.ts';
