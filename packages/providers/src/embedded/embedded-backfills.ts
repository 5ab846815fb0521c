import {
  type BackfillBatch,
  type BackfillStart,
  type BackfillState,
  type BackfillStore,
  planMigration,
  plannable,
  type TableStep,
} from '@betterbase/engine';
import type { Standing } from '../sql/standing.ts';
import type { Backfill } from './backfill.ts';
import type { EmbeddedTable } from './embedded-table.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';

/** Back-fills of a database in this process, from where the store stands. */
export class EmbeddedBackfills implements BackfillStore {
  readonly #disk: SqlDisk;
  readonly #standing: Standing<EmbeddedTable>;
  readonly #backfill: Backfill;

  constructor(disk: SqlDisk, standing: Standing<EmbeddedTable>, backfill: Backfill) {
    this.#disk = disk;
    this.#standing = standing;
    this.#backfill = backfill;
  }

  /** Finds the one that an earlier life has begun. */
  restore(): void {
    this.#backfill.restore((start) => new Map(this.#planOf(start).map(({ next }) => [next.name, next])));
  }

  async begin(start: BackfillStart): Promise<void> {
    if (this.#backfill.state(() => 0)?.deployment === start.deployment) return;
    const wanted = new Set(start.tables);
    const parts = this.#planOf(start).flatMap(({ old, next }) => (old !== null && wanted.has(next.name) ? [{ from: old.name, next }] : []));
    this.#backfill.begin(start, parts, this.#standing.now.state.version + 1);
  }

  async state(): Promise<BackfillState | null> {
    const { counts } = this.#standing.now;
    return this.#backfill.state((table) => counts.of(table));
  }

  async take(most: number): Promise<BackfillBatch | null> {
    const { state, tables } = this.#standing.now;
    return this.#backfill.takeBatch(most, state.version, (name) => tables.get(name));
  }

  async layAside(batch: BackfillBatch): Promise<void> {
    const { tables } = this.#standing.now;
    this.#backfill.layAside(batch, (name) => tables.get(name));
  }

  async drop(): Promise<void> {
    this.#disk.transaction(() => this.#backfill.end());
    this.#backfill.forget();
  }

  /** What changes on the way to a back-fill's target. */
  #planOf({ target }: BackfillStart): readonly TableStep[] {
    const { state, counts } = this.#standing.now;
    return planMigration(state.schema, state.nextTable, plannable(target), (table) => counts.of(table) > 0).changed;
  }
}
