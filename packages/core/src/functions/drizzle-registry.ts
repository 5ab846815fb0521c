/** Where an app's Drizzle schema is known, once `_generated/drizzle` has been imported. */
import { BetterBaseError } from '../errors/betterbase-error.ts';
import type { SqlSource } from './sql-source.ts';

declare global {
  /** Filled in by `_generated/drizzle.ts`: the types of `ctx.db.drizzle`. */
  // eslint-disable-next-line typescript/no-empty-object-type
  interface BetterBaseDrizzle {}
}

/** `ctx.db.drizzle` of a query. Not there until `bb codegen` has written `_generated/drizzle.ts`. */
export type DrizzleOfReader = BetterBaseDrizzle extends { readonly reader: infer Reader } ? Reader : never;
/** `ctx.db.drizzle` of a mutation. */
export type DrizzleOfWriter = BetterBaseDrizzle extends { readonly writer: infer Writer } ? Writer : never;

type Factory = (db: SqlSource) => unknown;

let factory: Factory | null = null;

export function registerDrizzle(make: Factory): void {
  factory = make;
}

/** @throws BetterBaseError `query/no-drizzle` when the app has not imported its Drizzle schema */
export function drizzleOver(db: SqlSource): unknown {
  if (factory !== null) return factory(db);
  throw new BetterBaseError('query/no-drizzle', 'ctx.db.drizzle is used, and the app imports no Drizzle schema.', {
    hint: "Install drizzle-orm, run `bb codegen`, and import the tables from './_generated/drizzle'.",
  });
}
