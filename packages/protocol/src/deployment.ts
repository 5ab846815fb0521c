/** What `bb deploy` sends to `POST /admin/projects/<project>/deployments` and what comes back. */
import type { AuthProvider, ProjectLimits, SchemaManifest, ValidatorJson } from '@betterbase/core';
import type { WireError } from './wire-error.ts';

export type { IndexManifest, SchemaManifest, TableManifest, ValidatorJson } from '@betterbase/core';

export interface DeploymentBundle {
  /**
   * One ES module, the whole app. It imports the platform's runtime as `./runtime.js` and exports
   * `modules: Record<modulePath, moduleNamespace>`, `schema` (default export of schema.ts, or null) and
   * `http` (default export of http.ts, or null).
   */
  readonly app: string;
  readonly message?: string;
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
