import type { ActionResult, FunctionCall, Outcome } from '@betterbase/engine';
import type { ActionSlots } from './action-slots.ts';
import type { CallRecords } from './call-records.ts';
import type { CodeVersion } from './project-door.ts';
import type { Telling } from './turns/printed.ts';
import { toWireError } from './wire-errors.ts';

/** No client's session begins so. */
const jobTicket = 'job ';

/** An action that a client wants run. */
export interface ActionOrder {
  readonly project: string;
  /** Comes back with the result. */
  readonly ticket: string;
  readonly code: CodeVersion;
  readonly call: FunctionCall;
}

/** An action that a client has called over its socket, with the number it gave to the call. */
export interface ClientAction {
  readonly session: string;
  readonly id: number;
  readonly call: FunctionCall;
}

export interface ActionsParts {
  readonly project: string;
  readonly slots: ActionSlots;
  readonly records: CallRecords;
  readonly tell: Telling;
  /** What runs now. */
  readonly code: () => CodeVersion;
  /** Returns when the action has been started. */
  readonly start: (order: ActionOrder) => Promise<void>;
  /** An action that a client has called has ended. */
  readonly onClientAction: (session: string, id: number, outcome: Outcome) => void;
  /** An action that was scheduled has ended. */
  readonly onJob: (job: string, result: ActionResult) => void;
}

/**
 * Actions, which run in isolates of their own.
 *
 * Holds: nothing; for whom one runs is said by its ticket, which comes back with the result.
 */
export class Actions {
  readonly #parts: ActionsParts;

  constructor(parts: ActionsParts) {
    this.#parts = parts;
  }

  start({ session, id, call }: ClientAction): void {
    this.#start(`${session} ${id}`, call);
  }

  /** One that was scheduled. */
  startJob(job: string, call: FunctionCall): void {
    this.#start(`${jobTicket}${job}`, call);
  }

  /** Somebody runs one on their own account, and says how it ended with `ranElsewhere`. @throws BetterBaseError `limit/concurrent-actions` */
  count(ticket: string): void {
    this.#parts.slots.take(ticket);
  }

  finished(ticket: string, requestId: string, result: ActionResult): void {
    this.#parts.slots.free(ticket);
    if (ticket.startsWith(jobTicket)) return this.#jobFinished(ticket.slice(jobTicket.length), requestId, result);
    this.ranElsewhere('action', requestId, result);
    const space = ticket.indexOf(' ');
    const outcome = this.#parts.tell(result.outcome, result.report);
    this.#parts.onClientAction(ticket.slice(0, space), Number(ticket.slice(space + 1)), outcome);
  }

  /** An action or a route has ended, and its caller knows already. */
  ranElsewhere(kind: 'action' | 'http', requestId: string, { outcome, report }: ActionResult): void {
    const { slots, records } = this.#parts;
    slots.free(requestId);
    records.add({ kind, requestId, cached: false, error: outcome.ok ? null : outcome.error, ...report });
  }

  #start(ticket: string, call: FunctionCall): void {
    const { project, code, start, slots } = this.#parts;
    const version = code();
    const starting = async (): Promise<void> => {
      // What is scheduled has begun as far as anybody knows, and must run.
      if (!ticket.startsWith(jobTicket)) slots.take(ticket);
      await start({ project, ticket, code: version, call });
    };
    starting().catch((failure: unknown) => {
      const report = { path: call.path, milliseconds: 0, rowsRead: 0, rowsWritten: 0, lines: [] };
      this.finished(ticket, call.requestId, { outcome: { ok: false, error: toWireError(failure, call.requestId) }, report });
    });
  }

  #jobFinished(job: string, requestId: string, result: ActionResult): void {
    const error = result.outcome.ok ? null : result.outcome.error;
    this.#parts.records.add({ kind: 'action', requestId, cached: false, job, error, ...result.report });
    this.#parts.onJob(job, result);
  }
}
