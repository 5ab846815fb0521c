/** What `bb deploy` sends to `POST /admin/projects/<project>/deployments` and what comes back. */
import type { WireError } from './wire-error.ts';

export interface DeploymentBundle {
  /**
   * One ES module, the whole app. It imports the platform's runtime as `./runtime.js` and exports
   * `modules: Record<modulePath, moduleNamespace>`, `schema` (default export of schema.ts, or null) and
   * `http` (default export of http.ts, or null).
   */
  readonly app: string;
  readonly message?: string;
}

/** JSON of a validator, in Convex's shape (B3.34) with our own kinds added. */
export type ValidatorJson = { readonly type: string; readonly [key: string]: unknown };

export interface FunctionManifest {
  /** `queries/todos:list` */
  readonly path: string;
  readonly kind: 'query' | 'mutation' | 'action';
  readonly visibility: 'public' | 'internal';
  readonly args: ValidatorJson | null;
  readonly returns: ValidatorJson | null;
}

export interface SchemaManifest {
  readonly tables: readonly TableManifest[];
}

export interface TableManifest {
  readonly name: string;
  readonly document: ValidatorJson;
  readonly indexes: readonly IndexManifest[];
}

export type IndexManifest =
  | { readonly kind: 'index'; readonly name: string; readonly fields: readonly string[]; readonly unique: boolean }
  | { readonly kind: 'search'; readonly name: string; readonly searchField: string; readonly filterFields: readonly string[] }
  | {
      readonly kind: 'vector';
      readonly name: string;
      readonly vectorField: string;
      readonly dimensions: number;
      readonly filterFields: readonly string[];
    };

export interface HttpRouteManifest {
  readonly method: string;
  readonly path?: string;
  readonly pathPrefix?: string;
}

export interface AppManifest {
  readonly functions: readonly FunctionManifest[];
  readonly schema: SchemaManifest;
  readonly routes: readonly HttpRouteManifest[];
}

export type SchemaChangeKind = 'ADD_TABLE' | 'DROP_TABLE' | 'ADD_COLUMN' | 'DROP_COLUMN' | 'ALTER_COLUMN' | 'ADD_INDEX' | 'DROP_INDEX';

export interface SchemaChange {
  readonly kind: SchemaChangeKind;
  readonly table: string;
  readonly name?: string;
  readonly destructive: boolean;
}

export interface Deployment {
  readonly id: string;
  readonly state: 'pending' | 'active' | 'replaced' | 'failed';
  /** ms since 1970 */
  readonly createdAt: number;
  readonly message: string | null;
  readonly changes: readonly SchemaChange[];
  readonly error: WireError | null;
}
