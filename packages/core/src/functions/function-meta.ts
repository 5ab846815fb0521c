import type { FunctionKind, Visibility } from './function-kind.ts';

/** What a function can learn of itself. */
export interface FunctionMetadata {
  /** `queries/todos:list` */
  readonly name: string;
  /** Always empty: the app itself. */
  readonly componentPath: string;
  readonly type: FunctionKind;
  readonly visibility: Visibility;
}

export interface TransactionMetric {
  readonly used: number;
  readonly remaining: number;
}

/** How much of a transaction's limits is used, by the function and the ones it has called in its transaction. */
export interface TransactionMetrics {
  readonly bytesRead: TransactionMetric;
  readonly bytesWritten: TransactionMetric;
  /** `get` and query calls. */
  readonly databaseQueries: TransactionMetric;
  readonly documentsRead: TransactionMetric;
  readonly documentsWritten: TransactionMetric;
  readonly functionsScheduled: TransactionMetric;
  readonly scheduledFunctionArgsBytes: TransactionMetric;
}

/** What a call inside a transaction may use, at most; its caller's own limits hold as well. */
export interface TransactionLimits {
  readonly bytesRead?: number;
  readonly bytesWritten?: number;
  readonly databaseQueries?: number;
  readonly documentsRead?: number;
  readonly documentsWritten?: number;
  readonly functionsScheduled?: number;
  readonly scheduledFunctionArgsBytes?: number;
}

/** The project, in Convex's terms. */
export interface DeploymentMetadata {
  /** The project's name. */
  readonly name: string;
  /** Always null: an object lives where it was first called from. */
  readonly region: string | null;
  /** Always the same: projects do not come in sizes. */
  readonly class: 's16' | 's256' | 'd1024' | 'd2048';
}

/** The request that a function runs for; functions that it calls have the same. */
export interface RequestMetadata {
  readonly requestId: string;
  /** Null where no HTTP request is behind it: over a socket, or when it was scheduled. */
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** The document in `_scheduled_functions` (or `_cron_runs`) that it is a run of. */
  readonly scheduledFunctionId: string | null;
  /** Always null: functions learn what a token says, not the token. */
  readonly authToken: string | null;
}

/** `ctx.meta`, by kind. */
export interface QueryMeta {
  getFunctionMetadata(): Promise<FunctionMetadata>;
  getTransactionMetrics(): Promise<TransactionMetrics>;
  getDeploymentMetadata(): Promise<DeploymentMetadata>;
}

export interface MutationMeta extends QueryMeta {
  getRequestMetadata(): Promise<RequestMetadata>;
}

export type ActionMeta = Omit<MutationMeta, 'getTransactionMetrics'>;
