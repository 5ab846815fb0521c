import { encodeDocumentId, newInternalId } from '../ids/document-id.ts';
import type { DocumentWrite } from '../ports/document-store.ts';
import type { NewDocument, SharedStore } from '../ports/shared-store.ts';
import type { KeptQueries } from '../reactivity/kept-queries.ts';
import type { LiveQueries } from '../reactivity/live-queries.ts';
import type { HostGlobals } from '../run/guest-globals.ts';
import type { JobBoard } from '../schedule/job-board.ts';
import type { TableCatalog } from '../transaction/table-catalog.ts';
import type { TimeSource } from '../transaction/time-source.ts';

/** So often work is begun anew because others have written meanwhile; then whoever asked asks again. */
const patience = 10;

export interface OutsideParts {
  readonly store: Partial<SharedStore> & { readonly lost?: Error | null };
  readonly live: LiveQueries;
  readonly kept: KeptQueries;
  readonly board: JobBoard;
  readonly host: Pick<HostGlobals, 'now' | 'randomBytes' | 'print'>;
  /** Ends when it is known what became of all commits that are under way. */
  readonly landing: () => Promise<void>;
}

/** As much of where the engine stands as moves with others' writes. */
export interface MovingStanding {
  version: number;
  readonly catalog: TableCatalog;
  readonly times: TimeSource;
}

/** What was taken over. */
export interface TakenOver {
  readonly changed: number;
  readonly refused: number;
}

/**
 * Writes that did not come through this engine, in a database that other programs write to, too.
 *
 * Holds: live queries that such writes touched while nobody listened.
 * Always true: work that has seen an older version than the newest is begun anew, unless it has committed.
 */
export class OutsideWrites {
  readonly #parts: OutsideParts;
  readonly #unheard = new Set<number>();
  #isAwake = false;
  /** The version that the work under way has seen. */
  #base = 0;
  #taken = { changed: 0, refused: 0 };

  constructor(parts: OutsideParts) {
    this.#parts = parts;
  }

  /** A turn begins, and knows what rests on disk. Returns the live queries that were touched before. */
  listen(): readonly number[] {
    this.#isAwake = true;
    if (this.#unheard.size === 0) return [];
    const numbers = [...this.#unheard];
    this.#unheard.clear();
    return numbers;
  }

  /**
   * Does work as of the newest version: when others turn out to have written, takes their writes over and does it again.
   *
   * @param touched gets the live queries that those writes touch
   */
  async current<T>(standing: MovingStanding, work: () => Promise<T>, touched: Set<number> = this.#unheard): Promise<T> {
    const { store } = this.#parts;
    if (store.catchUp === undefined) return await work();
    for (let tried = 0; ; tried++) {
      if (store.isBehind === true) await this.#catchUp(standing, touched);
      this.#base = standing.version;
      try {
        const result = await work();
        if (store.isBehind !== true) return result;
      } catch (failure) {
        if (store.isBehind !== true) throw failure;
      }
      if (standing.version !== this.#base || tried === patience) throw store.lost ?? new Error('The database has moved on.');
    }
  }

  /** What has been committed up to this version is not the doing of the work under way, and need not keep it from being begun anew. */
  beginsAt(version: number): void {
    this.#base = version;
  }

  /** Asks the database whether it has moved on. Returns what was taken over since this was last asked for. */
  async look(): Promise<TakenOver> {
    await this.#parts.store.look?.();
    const taken = this.#taken;
    this.#taken = { changed: 0, refused: 0 };
    return taken;
  }

  async #catchUp(standing: MovingStanding, touched: Set<number>): Promise<void> {
    const { store, live, kept, board, host, landing } = this.#parts;
    // What has happened is ours, and not taken over.
    await landing();
    // Before the first turn nothing of what rests on disk is known, and it may be touched.
    if (!this.#isAwake) for (const number of await kept.wake()) touched.add(number);
    this.#isAwake = true;
    const heard: DocumentWrite[] = [];
    const caughtUp = await store.catchUp?.({
      now: host.now,
      newDocument: (tableNumber) => this.#newDocument(standing, tableNumber),
      heard: async (writes) => {
        await kept.prepare(writes, standing.catalog);
        const hit = new Set<number>();
        live.collectTouched(writes, (table) => standing.catalog.find(table)?.indexes ?? [], hit);
        for (const number of hit) touched.add(number);
        heard.push(...writes);
        return kept.among(hit);
      },
    });
    if (caughtUp === undefined) return;
    const { version, time, changed, refused } = caughtUp;
    kept.markedStale(kept.among(touched));
    standing.version = version;
    // A time of the future that somebody wrote is not followed.
    standing.times.reset(Math.max(standing.times.last, Math.min(time, host.now())));
    board.committed(heard);
    this.#taken = { changed: this.#taken.changed + changed, refused: this.#taken.refused + refused.length };
    for (const { table, id, code, message } of refused)
      host.print(`A row that another program wrote to \`${table}\` was taken back (${id}, ${code}): ${message} It is kept in _bb_refused.`);
  }

  #newDocument({ times }: MovingStanding, tableNumber: number): NewDocument {
    const { now, randomBytes } = this.#parts.host;
    const creationTime = times.next(now());
    return { id: encodeDocumentId(tableNumber, newInternalId(creationTime, randomBytes(10))), creationTime };
  }
}
