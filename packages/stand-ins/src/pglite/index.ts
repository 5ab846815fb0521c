export { type PgliteOptions, startPglite } from './start-pglite.ts';
