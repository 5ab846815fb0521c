import {
  type BackfillBatch,
  type BackfillStart,
  type BackfillState,
  type BackfillStore,
  planMigration,
  plannable,
} from '@betterbase/engine';
import { MemoryBackfill } from './memory-backfill.ts';
import type { MemoryStanding } from './memory-standing.ts';

export class MemoryBackfillStore implements BackfillStore {
  readonly #standing: MemoryStanding;
  #underWay: MemoryBackfill | null = null;

  constructor(standing: MemoryStanding) {
    this.#standing = standing;
  }

  get underWay(): MemoryBackfill | null {
    return this.#underWay;
  }

  end(): void {
    this.#underWay = null;
  }

  async begin(start: BackfillStart): Promise<void> {
    if (this.#underWay?.start.deployment === start.deployment) return;
    const { state, nextTable } = this.#standing;
    const wanted = new Set(start.tables);
    const holds = (name: string): boolean => this.#standing.documents(name).size > 0;
    const { changed } = planMigration(state.schema, nextTable, plannable(start.target), holds);
    const parts = changed.flatMap(({ old, next }) => (old !== null && wanted.has(next.name) ? [{ from: old.name, next }] : []));
    this.#underWay = new MemoryBackfill(start, parts);
  }

  async state(): Promise<BackfillState | null> {
    return this.#underWay?.state(this.#standing.tables) ?? null;
  }

  async take(most: number): Promise<BackfillBatch | null> {
    return this.#underWay?.take(most, this.#standing.state.version, this.#standing.tables) ?? null;
  }

  async layAside(batch: BackfillBatch): Promise<void> {
    this.#underWay?.layAside(batch);
  }

  async drop(): Promise<void> {
    this.end();
  }
}
