import type { ParsedPolicy } from '../policy/policy-tree.ts';

/** The app's bundle, once evaluated. Everything in it is the app author's, so nothing about it is taken for granted. */
export interface AppModule {
  readonly modules: { readonly [modulePath: string]: { readonly [exportName: string]: unknown } };
  /** Default export of `schema.ts`, or null. */
  readonly schema: unknown;
  /** Default export of `http.ts`, or null. */
  readonly http: unknown;
  /** Default export of `crons.ts`, or the list that `cron(…)` filled; null or absent without. */
  readonly crons?: unknown;
  /** Default export of `auth.config.ts`; null or absent without. */
  readonly auth?: unknown;
  /** What its policy files say; absent without. */
  readonly policies?: readonly ParsedPolicy[];
  /** `rls` of betterbase.config.ts; absent when it sets nothing. */
  readonly rls?: unknown;
  /** `limits` of betterbase.config.ts; absent when it sets none. */
  readonly limits?: unknown;
}
