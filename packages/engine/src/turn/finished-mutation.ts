import type { RequestKey } from '../ports/document-store.ts';
import type { FinishedRun } from '../run/function-runner.ts';
import type { FunctionCall } from './turn.ts';

/** A mutation that has run, before anything of it is committed. */
export interface FinishedMutation {
  readonly request: RequestKey;
  /** As in `StoredOutcome`. */
  readonly identity: string;
  readonly run: FinishedRun;
  readonly call: FunctionCall;
}
