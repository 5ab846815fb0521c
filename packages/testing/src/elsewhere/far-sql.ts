import { type RemoteSql, RemoteSqlError } from '@betterbase/providers';
import type { Seeded } from '../random/seeded.ts';

type Batch = RemoteSql['batch'];

/** What becomes of a batch: it never arrives, its answer never comes, or neither. */
export type Loss = 'before' | 'after' | null;

/**
 * The same database far away: what is sent takes its time, each way another, so that batches overtake each other.
 *
 * Time is turns of the event loop: a life of it takes no longer than its work.
 */
export class FarSql implements RemoteSql {
  readonly dialect: RemoteSql['dialect'];
  readonly #sql: RemoteSql;
  readonly #random: Seeded;
  /** Of each batch, when it arrives. */
  loss: (mode: 'read' | 'write') => Loss = () => null;
  /** Whatever else happens when a batch arrives. */
  onArrival: (mode: 'read' | 'write') => void = () => {};
  /** At most so many turns each way. */
  distance = 8;
  #writing = 0;
  /** So many writes have been under way at once. */
  mostWriting = 0;

  constructor(sql: RemoteSql, random: Seeded) {
    this.#sql = sql;
    this.#random = random;
    this.dialect = sql.dialect;
  }

  async batch(...[statements, mode]: Parameters<Batch>): ReturnType<Batch> {
    if (mode === 'write') this.mostWriting = Math.max(this.mostWriting, ++this.#writing);
    try {
      await this.#travel();
      this.onArrival(mode);
      const loss = this.loss(mode);
      const lost = new RemoteSqlError({ kind: mode === 'write' ? 'unknown' : 'unreachable' }, 'connection lost');
      if (loss === 'before') throw lost;
      const results = await this.#carriedOut(statements, mode);
      if (loss === 'after') throw lost;
      return results;
    } finally {
      if (mode === 'write') this.#writing--;
    }
  }

  /** What is refused takes its time to come back, too. */
  async #carriedOut(...[statements, mode]: Parameters<Batch>): ReturnType<Batch> {
    try {
      return await this.#sql.batch(statements, mode);
    } finally {
      await this.#travel();
    }
  }

  async #travel(): Promise<void> {
    for (let left = this.#random.below(this.distance + 1); left > 0; left--) await new Promise((resolve) => setImmediate(resolve));
  }
}
