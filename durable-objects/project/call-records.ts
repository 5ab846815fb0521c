import type { CallLog, WireError } from '@betterbase/protocol';
import type { Logs } from './logs.ts';
import type { FinishedRun } from './turns/inbox.ts';

export interface CallRecordsParts {
  readonly logs: Logs;
  readonly now: () => number;
  readonly newRequest: () => string;
  /** How many clients are connected. */
  readonly connections: () => number;
  /** After every call. */
  readonly onCall: (isError: boolean, connections: number) => void;
}

/** Tells the logs, and whoever counts, of every call. */
export class CallRecords {
  readonly #parts: CallRecordsParts;

  constructor(parts: CallRecordsParts) {
    this.#parts = parts;
  }

  add(call: Omit<CallLog, 'sequence' | 'at'>): void {
    const { logs, now, connections, onCall } = this.#parts;
    logs.add({ at: now(), ...call });
    onCall(call.error !== null, connections());
  }

  /** A query or mutation ran in the engine. */
  addRun({ kind, call, outcome, report, isJob = false }: FinishedRun): void {
    const origin = isJob ? { job: call.job ?? '' } : {};
    this.add({ kind, requestId: call.requestId, cached: false, ...origin, error: outcome.ok ? null : outcome.error, ...report });
  }

  /** Something went wrong beside calls. */
  addProblem(path: string, error: WireError): void {
    const report = { path, milliseconds: 0, rowsRead: 0, rowsWritten: 0, lines: [] };
    this.add({ kind: 'http', requestId: this.#parts.newRequest(), cached: false, error, ...report });
  }
}
