import { type SnapshotPage, type SnapshotRead, snapshotLife, type StoredDocument } from '@betterbase/engine';

type Tables = ReadonlyMap<string, ReadonlyMap<string, StoredDocument>>;

const pageSize = 32;

/** Versions of tables that are never changed, only replaced: keeping one is not letting go of it. */
export class MemorySnapshots {
  readonly #open = new Map<string, { readonly tables: Tables; usedAt: number }>();

  open(name: string, tables: Tables, now: number): void {
    this.#open.set(name, { tables, usedAt: now });
  }

  close(name: string): void {
    this.#open.delete(name);
  }

  closeAll(): void {
    this.#open.clear();
  }

  read({ snapshot: name, table, after }: SnapshotRead, now: number): SnapshotPage | null {
    const snapshot = this.#open.get(name);
    if (snapshot === undefined || now - snapshot.usedAt > snapshotLife) return null;
    snapshot.usedAt = now;
    const documents = [...(snapshot.tables.get(table)?.values() ?? [])]
      .filter(({ _creationTime }) => after === null || _creationTime > after)
      .sort((one, other) => one._creationTime - other._creationTime);
    const page = documents.slice(0, pageSize);
    return { documents: page, next: documents.length > pageSize ? (page.at(-1)?._creationTime ?? null) : null };
  }
}
