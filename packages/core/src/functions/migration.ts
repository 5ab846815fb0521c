/** Changes of documents that a deployment carries out: `betterbase/migrations/<name>.ts`. */
import { BetterBaseError } from '../errors/betterbase-error.ts';
import type { AnyValue } from '../validators/any.ts';

/** A document as the migration finds it: fields under their new names, with the values that they had. */
export interface OldDocument {
  readonly _id: string;
  readonly _creationTime: number;
  readonly [field: string]: AnyValue;
}

export interface MigrationOptions {
  /** The table, by the name that it has in the new schema. */
  readonly table: string;
  /**
   * Says which fields get other values; `undefined` removes one. Nothing returned: the document stays as it is. It cannot wait
   * or read other documents, and sees each document once.
   */
  readonly migrate: (document: OldDocument) => { readonly [field: string]: AnyValue } | null | undefined | void;
}

export interface MigrationDefinition extends MigrationOptions {
  readonly isMigration: true;
}

/** A registered symbol: an app's bundle may hold another copy of this package. */
const migrationKey = Symbol.for('betterbase.migration');

/**
 * A change of a table's documents. The default export of a file in `betterbase/migrations`; each runs once, in the order of
 * the files' names, with the deployment that brings it.
 *
 * @example export default defineMigration({ table: 'users', migrate: ({ name }) => ({ initials: name.slice(0, 1) }) });
 * @throws BetterBaseError `migration/bad-definition`
 */
export function defineMigration(options: MigrationOptions): MigrationDefinition {
  const { table, migrate } = options;
  if (typeof table !== 'string' || table === '' || typeof migrate !== 'function')
    throw new BetterBaseError('migration/bad-definition', 'A migration needs the name of a table and a function.', {
      hint: "Write defineMigration({ table: 'users', migrate: (user) => ({ … }) }).",
    });
  return Object.defineProperty({ table, migrate, isMigration: true as const }, migrationKey, { value: true });
}

export function isMigration(value: unknown): value is MigrationDefinition {
  return typeof value === 'object' && value !== null && migrationKey in value;
}
