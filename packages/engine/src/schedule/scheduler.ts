import { BetterBaseError, getFunctionName, overLimit, parseFunctionPath } from '@betterbase/core';
import { decodeDocumentId, encodeDocumentId, newInternalId } from '../ids/document-id.ts';
import type { FunctionRegistry } from '../run/function-registry.ts';
import type { CatalogTable } from '../transaction/table-catalog.ts';
import type { TimeSource } from '../transaction/time-source.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { checkDelay, checkTime, copyArguments } from './job-call.ts';
import { jobLimits } from './job-limits.ts';
import { asDocument, asJob, scheduledTable } from './job-tables.ts';

export interface SchedulerParts {
  readonly transaction: Transaction;
  readonly registry: Pick<FunctionRegistry, 'findSchedulable'>;
  readonly times: TimeSource;
  /** The call's frozen time, ms. */
  readonly now: number;
  readonly randomBytes: (length: number) => Uint8Array;
  /** How many jobs are committed and not over. */
  readonly outstanding: () => Promise<number>;
  /** The job that this call belongs to, if one. */
  readonly job: string | null;
}

/** `ctx.scheduler` of a mutation: jobs are documents of its transaction. */
export class Scheduler {
  readonly #parts: SchedulerParts;
  #count = 0;
  #bytes = 0;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  /** Functions scheduled so far, and the bytes of their arguments. */
  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async runAfter(delay: unknown, reference: unknown, args: unknown = {}): Promise<string> {
    return await this.runAt(this.#parts.now + checkDelay(delay), reference, args);
  }

  async runAt(timestamp: unknown, reference: unknown, args: unknown = {}): Promise<string> {
    const { transaction, registry, times, now, randomBytes } = this.#parts;
    const scheduledTime = checkTime(timestamp, now);
    const path = parseFunctionPath(getFunctionName(reference));
    registry.findSchedulable(path);
    const values = copyArguments(path, args);
    await this.#admit(values.bytes);
    const table = transaction.catalog.getSystem(scheduledTable);
    const isCanceled = await this.#isOfCanceledJob(table);
    const time = times.next(now);
    const id = encodeDocumentId(table.number, newInternalId(time, randomBytes(10)));
    const over = { state: { kind: 'canceled' }, completedTime: now, isOver: true, nextTime: now + jobLimits.kept } as const;
    const rest = isCanceled ? over : ({ state: { kind: 'pending' }, isOver: false, nextTime: Math.ceil(scheduledTime) } as const);
    transaction.write(
      table,
      id,
      null,
      asDocument({ _id: id, _creationTime: time, name: path, args: [values.value], scheduledTime, ...rest }),
    );
    return id;
  }

  async cancel(id: unknown): Promise<void> {
    const { transaction, now, job } = this.#parts;
    const table = transaction.catalog.getSystem(scheduledTable);
    if (typeof id !== 'string' || decodeDocumentId(id)?.tableNumber !== table.number) {
      throw new BetterBaseError('document/bad-id', 'This is not the id of a scheduled function.', {
        hint: 'runAfter and runAt return it.',
      });
    }
    if (id === job) {
      throw new BetterBaseError('scheduler/cancels-itself', 'A scheduled function cannot cancel itself.', {
        hint: 'Return instead, or throw.',
      });
    }
    const before = await transaction.get(table, id);
    if (before === null) {
      throw new BetterBaseError('document/not-found', `There is no scheduled function \`${id}\`.`, {
        hint: 'It is forgotten 7 days after it is over.',
      });
    }
    const found = asJob(before);
    if (found.isOver) return;
    const canceled = { ...found, state: { kind: 'canceled' }, completedTime: now, isOver: true, nextTime: now + jobLimits.kept } as const;
    transaction.write(table, id, before, asDocument(canceled));
  }

  /** An action that was canceled goes on, but what it schedules never runs. */
  async #isOfCanceledJob(table: CatalogTable): Promise<boolean> {
    const { transaction, job } = this.#parts;
    if (job === null || decodeDocumentId(job)?.tableNumber !== table.number) return false;
    const parent = await transaction.get(table, job);
    return parent !== null && asJob(parent).state.kind === 'canceled';
  }

  async #admit(bytes: number): Promise<void> {
    const { scheduledFunctions, scheduledArgumentBytes, jobsWaiting } = this.#parts.transaction.limits;
    this.#count++;
    this.#bytes += bytes;
    if (this.#count > scheduledFunctions) {
      throw overLimit('scheduledFunctions', scheduledFunctions, {
        measured: this.#count,
        what: `This mutation schedules ${this.#count} functions or more`,
        hint: 'Schedule one function that schedules the others.',
      });
    }
    if (this.#bytes > scheduledArgumentBytes) {
      throw overLimit('scheduledArgumentBytes', scheduledArgumentBytes, {
        measured: this.#bytes,
        what: `The functions that this mutation schedules have ${this.#bytes} bytes of arguments or more`,
        hint: 'Store large values in documents and pass their ids.',
      });
    }
    const waiting = (await this.#parts.outstanding()) + this.#count;
    if (waiting > jobsWaiting) {
      throw overLimit('jobsWaiting', jobsWaiting, {
        measured: waiting,
        what: `With this one, ${waiting} scheduled functions would wait`,
        hint: 'Wait until some have run.',
      });
    }
  }
}
