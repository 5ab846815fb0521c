import { decodeDocumentId } from '../ids/document-id.ts';
import type { DocumentStore, DocumentWrite, StoredDocument } from '../ports/document-store.ts';
import type { TableCatalog } from '../transaction/table-catalog.ts';
import { jobLimits } from './job-limits.ts';
import { asDocument, asJob, byTurn, cronTable, isSystemTable, type Job, jobRange, jobTables, scheduledTable } from './job-tables.ts';

/** A job where it rests: `document` is what a write names as its state before. */
export interface FoundJob {
  readonly table: string;
  readonly document: StoredDocument;
  readonly job: Job;
}

/**
 * What is committed to run later.
 *
 * Holds: when the engine next wants to be woken, and how many jobs wait, both as last asked for.
 * Does not hold: jobs; they are documents.
 */
export class JobBoard {
  readonly #store: DocumentStore;
  #wakeAt: number | null | undefined;
  #outstanding: number | null = null;

  constructor(store: DocumentStore) {
    this.#store = store;
  }

  /** When there is something to do next, ms since 1970; null when there never is. */
  async wakeAt(catalog: TableCatalog): Promise<number | null> {
    if (this.#wakeAt !== undefined) return this.#wakeAt;
    const times: number[] = [];
    for (const table of jobTables) {
      if (catalog.find(table) === undefined) continue;
      const [waiting] = await this.#read(table, false, 1);
      const [over] = await this.#read(table, true, 1);
      if (waiting !== undefined) times.push(waiting.job.nextTime);
      if (over !== undefined) times.push(over.job.nextTime + jobLimits.purgeDelay);
    }
    this.#wakeAt = times.length === 0 ? null : Math.min(...times);
    return this.#wakeAt;
  }

  /** Takes note of what was committed. */
  committed(writes: readonly DocumentWrite[]): void {
    for (const { table, before, after } of writes) {
      if (!isSystemTable(table)) continue;
      this.#wakeAt = undefined;
      if (this.#outstanding === null || table !== scheduledTable) continue;
      this.#outstanding += Number(isWaiting(after)) - Number(isWaiting(before));
    }
  }

  /** How many jobs that functions have scheduled are not over. */
  async outstanding(): Promise<number> {
    this.#outstanding ??= await this.#store.count({ table: scheduledTable, index: byTurn, ...jobRange(false) });
    return this.#outstanding;
  }

  /** Jobs whose time has come, earliest first, each table in its turn. */
  async due(now: number): Promise<readonly FoundJob[]> {
    return (await Promise.all(jobTables.map((table) => this.#read(table, false, jobLimits.batch, now)))).flat();
  }

  /** What need not be kept any longer. */
  async forgettable(now: number): Promise<readonly FoundJob[]> {
    return (await Promise.all(jobTables.map((table) => this.#read(table, true, jobLimits.batch, now)))).flat();
  }

  /** The runs of cron jobs that are not over. */
  async cronRuns(): Promise<readonly Job[]> {
    return (await this.#read(cronTable, false, Number.MAX_SAFE_INTEGER)).map(({ job }) => job);
  }

  async find(catalog: TableCatalog, id: string): Promise<FoundJob | null> {
    const table = catalog.byNumber(decodeDocumentId(id)?.tableNumber ?? 0);
    if (table?.isSystem !== true) return null;
    const document = await this.#store.get(table.name, id);
    return document === null ? null : { table: table.name, document, job: asJob(document) };
  }

  async #read(table: string, isOver: boolean, limit: number, until?: number): Promise<readonly FoundJob[]> {
    const documents = await this.#store.read({ table, index: byTurn, ...jobRange(isOver, until), order: 'asc', limit });
    return documents.map((document) => ({ table, document, job: asJob(document) }));
  }
}

/** When the earliest of the jobs that these writes schedule is to run; null if they schedule none. */
export function soonestNew(writes: readonly DocumentWrite[]): number | null {
  let soonest: number | null = null;
  for (const { table, after } of writes) {
    if (!isSystemTable(table) || after === null) continue;
    const job = asJob(after);
    if (job.state.kind === 'pending' && (soonest === null || job.nextTime < soonest)) soonest = job.nextTime;
  }
  return soonest;
}

export function changeJob({ table, document, job }: FoundJob, change: Partial<Job>): DocumentWrite {
  return { table, id: job._id, before: document, after: asDocument({ ...job, ...change }) };
}

function isWaiting(document: StoredDocument | null): boolean {
  return document !== null && !asJob(document).isOver;
}
