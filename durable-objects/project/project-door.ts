/** What the project object offers over RPC: to the gateway, and to actions that are under way. Data only; no method throws expected failures. */
import type { ProjectLimits, ProviderManifest } from '@betterbase/core';
import type { ActionResult, Identity, MoveOutcome, MoveRequest, Outcome, RequestOrigin } from '@betterbase/engine';
import type { EnvironmentChange, ValueEntry } from './environment/environment.ts';
import type { Looked } from './provider/outside-watch.ts';
import type { AuditNote } from './audit/audit-entry.ts';
import type { Checked } from './checked.ts';
import type { AuthSettings } from '@betterbase/protocol/auth';
import type { ListedUser, UserChange, UsersPlace } from './users/user-directory.ts';
import type { UsersContext, UsersPort } from './users/users-context.ts';
import type {
  AppliedMigration,
  AppManifest,
  CallLog,
  Deployment,
  DeploymentBundle,
  ProviderReport,
  RollbackRequest,
  SchemaPlan,
  WireError,
} from '@betterbase/protocol';

export type CallKind = 'query' | 'mutation' | 'action';

/** A call from outside, or from an action (`reach: 'any'`). */
export interface ProjectCall {
  readonly kind: 'query' | 'mutation';
  /** As the caller wrote it; the object finds the function it means. */
  readonly path: string;
  /** JSON text of the encoded argument object. */
  readonly args: string;
  /** Known already, where the project itself calls. */
  readonly identity: Identity | null;
  /** What a caller from outside shows to prove who it is; `identity` is then what it says. */
  readonly token?: string;
  readonly reach: 'public' | 'any';
  readonly requestId: string;
  /** The caller's `Idempotency-Key`; only mutations use it. */
  readonly idempotencyKey: string | null;
  /** The scheduled action that calls. */
  readonly job?: string;
  /** Where the request comes from that is behind it. */
  readonly origin?: RequestOrigin;
}

/** Which code runs, in which environment. Isolates of equal versions are alike. */
export interface CodeVersion {
  readonly deployment: string;
  /** The revision of the environment's values. */
  readonly environment: number;
}

export interface ProjectSource {
  /** The app's module. */
  readonly app: string;
  /** What its functions find in `process.env`. */
  readonly values: Readonly<Record<string, string>>;
}

/** Where edge code of a project is to be run, and what. */
export interface EdgeTarget {
  readonly code: CodeVersion;
  /** The canonical path, for an action. */
  readonly path: string;
}

/** A token that is no good is no reason to refuse the request: what its `Authorization` means is the route's business. */
export interface RouteTarget {
  readonly code: CodeVersion;
  readonly identity: Identity | null;
  /** Why the token was not accepted. */
  readonly refusal: WireError | null;
}

export type { Checked } from './checked.ts';

export interface Realtime {
  readonly clients: number;
  readonly subscriptions: number;
  /** By function, the most watched first. */
  readonly watched: readonly { readonly path: string; readonly subscriptions: number }[];
}

export interface ProjectDoor {
  call(call: ProjectCall): Promise<Outcome>;
  /** The newest version of the data. */
  version(): Promise<Checked<{ readonly version: number }>>;
  /** A query as of this version, which must still be the newest. */
  callAt(call: ProjectCall, version: number): Promise<Outcome>;
  /** What kind of function this is; null if there is none. */
  kindOf(path: string): Promise<CallKind | null>;

  /**
   * Finds an action, for whoever runs it. One that nobody's action calls has a ticket, its request id: it counts as running
   * until `recordEdgeCall` says how it ended.
   */
  findAction(
    path: string,
    reach: 'public' | 'any',
    token?: string,
    ticket?: string,
  ): Promise<Checked<EdgeTarget & { readonly identity: Identity | null }>>;
  /** The code whose HTTP routes serve, and who is calling them; null before the first deployment. */
  findRoutes(token: string | null): Promise<RouteTarget | null>;
  /** What serves now; null before the first deployment. */
  currentCode(): Promise<CodeVersion | null>;
  /** What an isolate of this version is made of; null if the deployment's code is not kept. */
  source(code: CodeVersion): Promise<ProjectSource | null>;
  /** What an action or an HTTP route printed and how it ended, for the logs. */
  recordEdgeCall(kind: 'action' | 'http', requestId: string, result: ActionResult): Promise<void>;
  /** An action that came over a socket has ended. */
  actionFinished(ticket: string, requestId: string, result: ActionResult): Promise<void>;

  /** What signing in depends on. */
  users(): Promise<Checked<{ readonly context: UsersContext }>>;
  /** One operation on the users' rows. @throws Error for what is none */
  readonly userRows: UsersPort['rows'];
  readonly userEnters: UsersPort['enter'];
  readonly userSucceeded: UsersPort['succeeded'];
  readonly userUpgrades: UsersPort['upgrade'];
  readonly userMerges: UsersPort['merge'];
  readonly userLost: UsersPort['lost'];
  /** Counts one more mail that the installation brings, unless there were `most` in this hour. */
  takesMail(most: number): Promise<boolean>;
  listUsers(place: UsersPlace): Promise<readonly ListedUser[]>;
  changeUser(id: string, change: UserChange, note?: AuditNote): Promise<Checked<{ readonly user: ListedUser }>>;
  endUserSessions(id: string, note?: AuditNote): Promise<Checked<{ readonly ended: number }>>;
  deleteUser(id: string, note?: AuditNote): Promise<Checked<object>>;
  authSettings(): Promise<Checked<{ readonly settings: AuthSettings }>>;
  /** What is not named stays as it is. */
  changeAuthSettings(change: Partial<AuthSettings>, note?: AuditNote): Promise<Checked<{ readonly settings: AuthSettings }>>;

  /** Lets nobody in from now on, or again; whoever is connected is sent away. */
  suspend(note?: AuditNote): Promise<Checked<object>>;
  resume(note?: AuditNote): Promise<Checked<object>>;
  /** Deletes everything the project has, and refuses everybody until `end`. Not to be taken back. */
  erase(): Promise<Checked<object>>;
  /** Ends this process, so that nothing of the project is left in memory either. The call fails, as everything does that is under way. */
  end(): Promise<void>;
  /** Whether nothing of a project is on disk. */
  isVacant(): Promise<boolean>;

  deploy(bundle: DeploymentBundle, note?: AuditNote): Promise<Checked<{ readonly deployment: Deployment }>>;
  preview(bundle: DeploymentBundle): Promise<Checked<{ readonly plan: SchemaPlan }>>;
  rollback(request: RollbackRequest, note?: AuditNote): Promise<Checked<{ readonly deployment: Deployment }>>;
  migrations(): Promise<Checked<{ readonly migrations: readonly AppliedMigration[] }>>;
  deployments(): Promise<readonly Deployment[]>;
  /** Names of the environment's values; nobody is told the values. */
  environment(): Promise<readonly ValueEntry[]>;
  /** What a provider is like, with the environment's values. */
  checkProvider(provider: ProviderManifest): Promise<Checked<{ readonly report: ProviderReport }>>;
  changeEnvironment(change: EnvironmentChange, note?: AuditNote): Promise<Checked<{ readonly environment: readonly ValueEntry[] }>>;
  /** Looks now at what other programs have written to the project's database. */
  lookOutside(): Promise<Checked<Looked>>;
  manifest(): Promise<AppManifest | null>;
  /** The limits that hold now: the deployed app's, and the defaults where it sets none. */
  limits(): Promise<ProjectLimits>;
  /** Who is connected now, and what they watch. */
  realtime(): Promise<Realtime>;
  /** NDJSON of `CallLog`s with a sequence above `after`; with `follow` it goes on until cancelled. */
  logs(after: number, follow: boolean): Promise<ReadableStream<Uint8Array>>;

  /** One step of an export or import. */
  move(request: MoveRequest, note?: AuditNote): Promise<MoveOutcome>;
  /** NDJSON of the documents of an exported table that were created after `after`; its last line says that it is the last, or why not. */
  exportTable(id: string, table: string, after: number | null): Promise<ReadableStream<Uint8Array>>;
  /** Takes in NDJSON, of which the first line is line `from` of the table's. Says how many lines are in. */
  importLines(id: string, table: string, from: number, lines: ReadableStream<Uint8Array>): Promise<Checked<{ readonly lines: number }>>;
}

export type { CallLog };
