/** What `bb deploy` sends to `POST /admin/projects/<project>/deployments` and what comes back. */
import type { AuthProvider, ProjectLimits, ProviderManifest, RowSecuritySettings, SchemaManifest, ValidatorJson } from '@betterbase/core';
import type { WireError } from './wire-error.ts';

export type { IndexManifest, SchemaManifest, TableManifest, ValidatorJson } from '@betterbase/core';

export interface DeploymentBundle {
  /**
   * One ES module, the whole app. It imports the platform's runtime as `./runtime.js` and exports
   * `modules: Record<modulePath, moduleNamespace>`, `schema` (default export of schema.ts, or null) and
   * `http` (default export of http.ts, or null).
   */
  readonly app: string;
  /** Where documents rest; absent: embedded. Apart from the code, which does not see what it names. */
  readonly provider?: ProviderManifest;
  readonly message?: string;
  /** The `consent` of the plan that somebody has looked at. Without it nothing is taken from documents. */
  readonly consent?: string;
  /** Who deploys, in their own words. */
  readonly by?: string;
}

/** What `POST …/rollback` takes. */
export interface RollbackRequest extends Pick<DeploymentBundle, 'consent' | 'by' | 'message'> {
  /** The deployment whose code is to serve again; absent: the one that served before. */
  readonly to?: string;
}

export interface FunctionManifest {
  /** `queries/todos:list` */
  readonly path: string;
  readonly kind: 'query' | 'mutation' | 'action';
  readonly visibility: 'public' | 'internal';
  readonly args: ValidatorJson | null;
  readonly returns: ValidatorJson | null;
}

export interface HttpRouteManifest {
  readonly method: string;
  readonly path?: string;
  readonly pathPrefix?: string;
}

export interface AppManifest {
  readonly functions: readonly FunctionManifest[];
  readonly schema: SchemaManifest;
  readonly routes: readonly HttpRouteManifest[];
  /** Whose tokens callers may show. Absent: nobody's. */
  readonly auth?: readonly AuthProvider[];
  /** Those that the app sets; absent when it sets none. */
  readonly limits?: Partial<ProjectLimits>;
  /** In the order in which they run. Absent: none. */
  readonly migrations?: readonly MigrationManifest[];
  /** Row-level security, in the order of the files. Absent: none. */
  readonly policies?: readonly PolicyManifest[];
  /** Where it is not as it is by default. Absent: policies are enforced, and refusals are not noted. */
  readonly rls?: RowSecuritySettings;
}

/** The policy of one file, as its author wrote it. */
export interface PolicyManifest {
  readonly file: string;
  readonly table: string;
  /** Conditions by rule: `select`, `using` and so on. */
  readonly rules: Readonly<Record<string, string>>;
}

/** A migration function. */
export interface MigrationManifest {
  /** The path of its file below `migrations`. */
  readonly name: string;
  readonly table: string;
}

export type SchemaChangeKind =
  | 'ADD_TABLE'
  | 'DROP_TABLE'
  | 'RENAME_TABLE'
  | 'ADD_COLUMN'
  | 'DROP_COLUMN'
  | 'RENAME_COLUMN'
  | 'ALTER_COLUMN'
  | 'ADD_INDEX'
  | 'DROP_INDEX'
  | 'RUN_MIGRATION';

export interface SchemaChange {
  readonly kind: SchemaChangeKind;
  /** As it is called afterwards. */
  readonly table: string;
  /** The field, index or migration. */
  readonly name?: string;
  /** What it was called, for renames. */
  readonly from?: string;
  /** Documents may no longer be good, or functions can no longer reach what is in them. */
  readonly destructive: boolean;
  /** How many documents it concerns, where that was counted: those that a destructive change may lose something of, those that others fill. */
  readonly documents?: number;
}

/** What a deployment would do to the data. */
export interface SchemaPlan {
  readonly changes: readonly SchemaChange[];
  /** Names these changes: who sends it with a deployment agrees to them and to no others. */
  readonly consent: string;
  /** The changes that take something from documents, and so are carried out only with consent. */
  readonly losses: readonly SchemaChange[];
}

/** A migration function that has run. */
export interface AppliedMigration extends MigrationManifest {
  readonly deployment: string;
  /** ms since 1970 */
  readonly at: number;
  /** How many documents there were in the table. */
  readonly documents: number;
}

export interface Deployment {
  readonly id: string;
  readonly state: 'pending' | 'active' | 'replaced' | 'failed';
  /** ms since 1970 */
  readonly createdAt: number;
  readonly message: string | null;
  readonly by: string | null;
  /** How long it took, ms; null while it is under way, or where that is not known. */
  readonly milliseconds: number | null;
  readonly changes: readonly SchemaChange[];
  /** How far a deployment is that changes documents while the one before it serves. */
  readonly progress?: BackfillProgress;
  readonly error: WireError | null;
}

export interface BackfillProgress {
  /** As it will be called. */
  readonly table: string;
  /** Of `total` documents of all tables that are changed. */
  readonly done: number;
  readonly total: number;
}
