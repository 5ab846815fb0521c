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

export interface RequestMetadata {
  readonly requestId: string;
  /** These are not known to functions: null. */
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly scheduledFunctionId: string | null;
  readonly authToken: string | null;
}

/** `ctx.meta`, by kind. */
export interface QueryMeta {
  getFunctionMetadata(): Promise<FunctionMetadata>;
  getTransactionMetrics(): Promise<TransactionMetrics>;
}

export interface MutationMeta extends QueryMeta {
  getRequestMetadata(): Promise<RequestMetadata>;
}

export type ActionMeta = Omit<MutationMeta, 'getTransactionMetrics'>;
