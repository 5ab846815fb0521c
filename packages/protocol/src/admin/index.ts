/** The admin API, without the shapes themselves: this may go into pages. */
export * from './admin-call.ts';
export * from './admin-table.ts';
export type { AnswerOf } from './contract.ts';
export * from './permissions.ts';
export * from './regions.ts';
export * from './settings.ts';
export type { BodyOf, QueryOf } from './requests/index.ts';
export * from './setup-token.ts';
