import { type SnapshotPage, type SnapshotRead, snapshotLife, type SnapshotStore } from '@betterbase/engine';
import type { MemoryStanding, Tables } from './memory-standing.ts';

const pageSize = 32;

/** Versions of tables that are never changed, only replaced: keeping one is not letting go of it. */
export class MemorySnapshots implements SnapshotStore {
  readonly #standing: MemoryStanding;
  readonly #open = new Map<string, { readonly tables: Tables; usedAt: number }>();

  constructor(standing: MemoryStanding) {
    this.#standing = standing;
  }

  async open(name: string, now: number): Promise<ReadonlyMap<string, number>> {
    const { tables, state } = this.#standing;
    this.#open.set(name, { tables, usedAt: now });
    const active = state.schema.tables.filter((table) => table.active);
    return new Map(active.map((table) => [table.name, this.#standing.documents(table.name).size]));
  }

  async close(name: string): Promise<void> {
    this.#open.delete(name);
  }

  closeAll(): void {
    this.#open.clear();
  }

  async read({ snapshot: name, table, after }: SnapshotRead, now: number): Promise<SnapshotPage | null> {
    const snapshot = this.#open.get(name);
    if (snapshot === undefined || now - snapshot.usedAt > snapshotLife) return null;
    snapshot.usedAt = now;
    const documents = [...(snapshot.tables.get(table)?.values() ?? [])]
      .filter(({ _creationTime }) => after === null || _creationTime > after)
      .sort((one, other) => one._creationTime - other._creationTime);
    const page = documents.slice(0, pageSize);
    return { documents: structuredClone(page), next: documents.length > pageSize ? (page.at(-1)?._creationTime ?? null) : null };
  }
}
