import type { FunctionCall, OperationResult, RequestKey, TurnOperation } from '@betterbase/engine';
import type { WireError } from '@betterbase/protocol';
import type { LiveQuery, Watcher } from './live-query.ts';

export type MutationResult = Extract<OperationResult, { do: 'mutation' }>;

/** A mutation in line. */
export interface MutationWork {
  readonly do: 'mutation';
  readonly request: RequestKey;
  readonly call: FunctionCall;
  /** Called once, unless `refuse` is. */
  settle(result: MutationResult): void;
  /** The engine is not there. Whether the mutation has committed is unknown; asking again with its id will tell. */
  refuse(error: WireError): void;
}

/** Something about jobs, or a step of an export or import. */
export interface TaskWork {
  readonly do: 'task';
  readonly operation: Extract<TurnOperation, { do: 'look' | 'jobs' | 'job' | 'job-finished' | 'move' }>;
  /** Called once, unless `refuse` is. */
  settle(result: OperationResult): void;
  /** The engine is not there. */
  refuse(error: WireError): void;
}

/** Something that stands in line for a turn. */
export type Work<W extends Watcher> =
  | MutationWork
  | { readonly do: 'query'; readonly query: LiveQuery<W> }
  | TaskWork
  /** Nobody waits for it. */
  | { readonly do: 'chore'; readonly operation: TurnOperation };
