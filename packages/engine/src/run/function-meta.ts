import type {
  DeploymentMetadata,
  FunctionMetadata,
  MutationMeta,
  RequestMetadata,
  TransactionMetric,
  TransactionMetrics,
} from '@betterbase/core';
import { BetterBaseError } from '@betterbase/core';
import type { Scheduler } from '../schedule/scheduler.ts';
import type { Transaction } from '../transaction/transaction.ts';
import type { FunctionCall } from '../turn/turn.ts';
import type { AppFunction } from './function-registry.ts';

interface MetaParts {
  readonly target: Pick<AppFunction, 'path'> & { readonly definition: Pick<AppFunction['definition'], 'kind' | 'visibility'> };
  readonly call: Pick<FunctionCall, 'requestId' | 'job' | 'origin'>;
  readonly project: string;
  /** None in an action. */
  readonly transaction?: Transaction;
  /** None in a query. */
  readonly scheduler?: Scheduler | null;
}

/** `ctx.meta`: what a function can learn of itself. */
export class FunctionMeta implements MutationMeta {
  readonly #parts: MetaParts;

  constructor(parts: MetaParts) {
    this.#parts = parts;
  }

  async getFunctionMetadata(): Promise<FunctionMetadata> {
    const { path, definition } = this.#parts.target;
    return { name: path, componentPath: '', type: definition.kind, visibility: definition.visibility };
  }

  async getTransactionMetrics(): Promise<TransactionMetrics> {
    const { transaction, scheduler } = this.#parts;
    if (transaction === undefined) {
      throw new BetterBaseError('function/not-allowed-here', 'getTransactionMetrics() was called in an action, which has no transaction.', {
        hint: 'Call it in a query or mutation.',
      });
    }
    const { limits } = transaction;
    return {
      bytesRead: metric(transaction.bytesRead, limits.bytesRead),
      bytesWritten: metric(transaction.overlay.bytes, limits.bytesWritten),
      databaseQueries: metric(transaction.queries, limits.ranges),
      documentsRead: metric(transaction.documentsRead, limits.documentsRead),
      documentsWritten: metric(transaction.overlay.size, limits.documentsWritten),
      functionsScheduled: metric(scheduler?.count ?? 0, limits.scheduledFunctions),
      scheduledFunctionArgsBytes: metric(scheduler?.bytes ?? 0, limits.scheduledArgumentBytes),
    };
  }

  async getDeploymentMetadata(): Promise<DeploymentMetadata> {
    return { name: this.#parts.project, region: null, class: 's256' };
  }

  async getRequestMetadata(): Promise<RequestMetadata> {
    const { requestId, job = null, origin = { ip: null, userAgent: null } } = this.#parts.call;
    return { requestId, ip: origin.ip, userAgent: origin.userAgent, scheduledFunctionId: job, authToken: null };
  }
}

function metric(used: number, limit: number): TransactionMetric {
  return { used, remaining: Math.max(limit - used, 0) };
}
