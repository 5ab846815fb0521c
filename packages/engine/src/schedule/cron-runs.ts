import { encodeDocumentId, newInternalId } from '../ids/document-id.ts';
import type { DocumentWrite } from '../ports/document-store.ts';
import type { CatalogTable } from '../transaction/table-catalog.ts';
import type { TimeSource } from '../transaction/time-source.ts';
import type { CronDefinition } from './cron-table.ts';
import { jobLimits } from './job-limits.ts';
import { asDocument, type Job } from './job-tables.ts';

export interface CronRunsParts {
  readonly table: CatalogTable;
  readonly definitions: ReadonlyMap<string, CronDefinition>;
  readonly times: TimeSource;
  readonly now: number;
  readonly randomBytes: (length: number) => Uint8Array;
}

/** More missed runs than this are told as this many. */
const mostCounted = 10_000;

/**
 * Writes the runs of cron jobs.
 *
 * Always true: each cron job of the app has exactly one run that is not over, so that runs never overlap.
 */
export class CronRuns {
  readonly #parts: CronRunsParts;

  constructor(parts: CronRunsParts) {
    this.#parts = parts;
  }

  /** What changes when the app defines these cron jobs and `waiting` are the runs that are not over. */
  adopt(waiting: readonly Job[]): DocumentWrite[] {
    const { definitions, now } = this.#parts;
    const missing = new Map(definitions);
    const writes: DocumentWrite[] = [];
    for (const run of waiting) {
      const definition = definitions.get(run.cron ?? '');
      const isKept = definition !== undefined && (run.state.kind === 'inProgress' || run.identity === definition.identity);
      if (isKept) missing.delete(definition.name);
      else if (run.state.kind === 'pending')
        writes.push({ table: this.#parts.table.name, id: run._id, before: asDocument(run), after: null });
    }
    for (const definition of missing.values()) {
      const time = definition.first(now);
      if (time !== null) writes.push(this.#pending(definition, time));
    }
    return writes;
  }

  /** When the run after this one will be, if the cron job is still defined; past times are skipped. */
  following(
    run: Job,
  ): { readonly definition: CronDefinition; readonly time: number; readonly skipped: number; readonly firstSkipped: number } | null {
    const { definitions, now } = this.#parts;
    const definition = definitions.get(run.cron ?? '');
    if (definition === undefined) return null;
    let time = definition.after(run.scheduledTime);
    const firstSkipped = time ?? 0;
    let skipped = 0;
    while (time !== null && time <= now) {
      skipped++;
      time = skipped < mostCounted ? definition.after(time) : definition.after(now);
    }
    return time === null ? null : { definition, time, skipped, firstSkipped };
  }

  /** The run that follows, and a record of those that were skipped. */
  follow(run: Job): DocumentWrite[] {
    const next = this.following(run);
    if (next === null) return [];
    const { definition, time, skipped, firstSkipped } = next;
    const { now } = this.#parts;
    const writes = [this.#pending(definition, time)];
    if (skipped > 0) {
      const nextTime = now + this.keptFor(run);
      writes.push(
        this.#insert(definition, {
          scheduledTime: firstSkipped,
          completedTime: now,
          state: { kind: 'skipped', runs: skipped },
          isOver: true,
          nextTime,
        }),
      );
    }
    return writes;
  }

  /** How long a run is kept once it is over: runs that come often go sooner. */
  keptFor(run: Job): number {
    const next = this.#parts.definitions.get(run.cron ?? '')?.after(run.scheduledTime) ?? Number.POSITIVE_INFINITY;
    return Math.min(jobLimits.kept, Math.max(jobLimits.purgeDelay, (next - run.scheduledTime) * jobLimits.keptRuns));
  }

  #pending(definition: CronDefinition, time: number): DocumentWrite {
    return this.#insert(definition, {
      scheduledTime: time,
      state: { kind: 'pending' },
      isOver: false,
      nextTime: time,
      identity: definition.identity,
    });
  }

  #insert({ name, path, args }: CronDefinition, rest: CronRow): DocumentWrite {
    const { table, times, now, randomBytes } = this.#parts;
    const time = times.next(now);
    const id = encodeDocumentId(table.number, newInternalId(time, randomBytes(10)));
    return {
      table: table.name,
      id,
      before: null,
      after: asDocument({ _id: id, _creationTime: time, cron: name, name: path, args: [args], ...rest }),
    };
  }
}

type CronRow = Pick<Job, 'scheduledTime' | 'completedTime' | 'state' | 'isOver' | 'nextTime' | 'identity'>;
